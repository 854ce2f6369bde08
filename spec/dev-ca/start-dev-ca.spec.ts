import { once } from 'node:events';
import { Agent, get } from 'node:https';
import { type AddressInfo, connect, createServer, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { firstValueFrom, take } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDevCa } from '../../lib/dev-ca/index.js';
import {
  AcmeInputError,
  AcmeTransportError,
  getAuthorization,
  getDirectory,
  newOrder,
  respondToChallenge,
} from '../../lib/index.js';
import { freePort } from '../support/free-port.js';
import { plainRequest } from '../support/http-request.js';
import { accountAt, errorOf, running, sessionWith } from './support/running.js';
import { webResponder } from './support/web-responder.js';

/** Resolves when nobody listens on a port of 127.0.0.1 any more. */
const isClosed = (port: number) =>
  expect
    .poll(
      () =>
        new Promise((resolve) => {
          const socket = connect(port, '127.0.0.1', () => {
            socket.destroy();
            resolve('open');
          });
          socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
        }),
    )
    .toBe('ECONNREFUSED');

describe('a development CA', () => {
  it('emits once, listens on 127.0.0.1, and goes on until it is unsubscribed', async () => {
    const { directoryUrl, origin, port, rootPem, subscription } = await running();
    expect(origin).toBe(`https://127.0.0.1:${port}`);
    expect(directoryUrl).toBe(`${origin}/directory`);
    const { status, body } = await plainRequest(directoryUrl, { ca: rootPem });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ newNonce: `${origin}/new-nonce`, newOrder: `${origin}/new-order` });
    expect(subscription.closed).toBe(false);
    subscription.unsubscribe();
    await isClosed(port);
  });

  it('is another one with another root at each subscription', async () => {
    const devCa$ = startDevCa();
    const [one, other] = await Promise.all(
      [0, 1].map(
        () =>
          new Promise<{ port: number; rootPem: string }>((resolve, reject) => {
            const subscription = devCa$.subscribe({ next: resolve, error: reject });
            onTestFinished(() => subscription.unsubscribe());
          }),
      ),
    );
    expect(one?.port).not.toBe(other?.port);
    expect(one?.rootPem).not.toBe(other?.rootPem);
  });

  it('knows nothing of an earlier run at the same place', async () => {
    const port = await freePort();
    const first = await running({ port });
    const { url } = await accountAt(first);
    first.subscription.unsubscribe();
    await isClosed(port);
    const second = await running({ port });
    expect((await accountAt(second)).url).not.toBe(url);
  });

  it.each(['localhost', '127.0.0.1', 'ca.test'])('shows a certificate for %s', async (name) => {
    const { port, rootPem } = await running({ serverNames: ['ca.test'] });
    const socket = connectTls({
      host: '127.0.0.1',
      port,
      ca: rootPem,
      ...(isIP(name) === 0 ? { servername: name } : {}),
    });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    expect(socket.getPeerCertificate().subjectaltname).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:ca.test',
    );
    socket.destroy();
  });

  it('has the first of its names in its URLs', async () => {
    const { origin, directoryUrl, port } = await running({ serverNames: ['ca.test', 'other.test'] });
    expect(origin).toBe(`https://ca.test:${port}`);
    expect(directoryUrl).toBe(`${origin}/directory`);
    expect((await running({ serverNames: ['日本.Test'] })).origin).toMatch(/^https:\/\/xn--wgv71a\.test:\d+$/);
    expect((await running({ host: '::1' })).origin).toMatch(/^https:\/\/\[::1\]:\d+$/);
  });

  it('says what to do where it cannot listen', async () => {
    const { port } = await running();
    const error = await errorOf(startDevCa({ port }));
    expect(error).toBeInstanceOf(AcmeInputError);
    expect(error).toMatchObject({
      message: `development CA: cannot listen on 127.0.0.1 port ${port}: the port is in use by another program: stop it, or choose another port`,
      cause: { code: 'EADDRINUSE' },
    });
    expect(String(await errorOf(startDevCa({ host: '192.0.2.1' })))).toContain(
      'this machine does not have the address',
    );
  });
});

describe('unsubscribing', () => {
  it('at once, or when it has just emitted, leaves nothing', async () => {
    const port = await freePort();
    startDevCa({ port }).subscribe().unsubscribe();
    await new Promise<void>((resolve, reject) => {
      startDevCa({ port }).pipe(take(1)).subscribe({ error: reject, complete: resolve });
    });
    await isClosed(port);
    expect((await running({ port })).port).toBe(port);
  });

  it('at any moment of the start leaves nothing', async () => {
    const port = await freePort();
    const servers = () => process.getActiveResourcesInfo().filter((each) => each === 'TCPServerWrap').length;
    await expect.poll(servers).toBe(0);
    for (let turns = 0, isStarted = false; !isStarted; turns++) {
      const subscription = startDevCa({ port }).subscribe({ next: () => (isStarted = true) });
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      subscription.unsubscribe();
    }
    await isClosed(port);
    await expect.poll(servers).toBe(0);
  });

  it('cuts connections: idle ones, those that have asked, and those that are not yet TLS', async () => {
    const { port, rootPem, directoryUrl, subscription } = await running();
    const agent = new Agent({ keepAlive: true, ca: rootPem });
    onTestFinished(() => agent.destroy());
    const idle = await new Promise<NodeJS.EventEmitter>((resolve, reject) => {
      get(directoryUrl, { agent, headers: { 'user-agent': 'spec' } }, (response) => {
        const { socket } = response;
        response.resume().on('end', () => resolve(socket));
      }).on('error', reject);
    });
    const raw = connect(port, '127.0.0.1');
    await once(raw, 'connect');
    raw.on('error', () => undefined);
    const half = connectTls({ host: '127.0.0.1', port, ca: rootPem, servername: 'localhost' });
    await once(half, 'secureConnect');
    half.on('error', () => undefined);
    half.write('POST /new-order HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{');
    const closed = [idle, raw, half].map((socket) => new Promise((resolve) => socket.on('close', resolve)));
    subscription.unsubscribe();
    await Promise.all(closed);
  });

  it('ends a validation that is under way', async () => {
    const silent = createServer();
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket.on('error', () => undefined).resume()));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void silent.close());
    const httpPort = (silent.address() as AddressInfo).port;
    const devCa = await running({ httpPort });
    await answerChallenge(devCa, 'http-01');
    await expect.poll(() => sockets.length).toBe(1);
    const closed = once(sockets[0] as Socket, 'close');
    devCa.subscription.unsubscribe();
    await closed;
  });

  it('ends the wait before a validation', async () => {
    const { port: httpPort, requests } = await webResponder((_, response) => response.end());
    // Long enough that the answer is here before it is over, on a busy machine too.
    const devCa = await running({ httpPort, validationDelayMs: 2_000 });
    await answerChallenge(devCa, 'http-01');
    devCa.subscription.unsubscribe();
    await new Promise((resolve) => setTimeout(resolve, 2_300));
    expect(requests).toEqual([]);
  });

  it('is an outage for whoever is asking', async () => {
    const devCa = await running();
    const session = sessionWith(devCa);
    devCa.subscription.unsubscribe();
    expect(await errorOf(getDirectory(session))).toBeInstanceOf(AcmeTransportError);
  });
});

async function answerChallenge(devCa: Awaited<ReturnType<typeof running>>, type: string): Promise<void> {
  const account = await accountAt(devCa);
  const { authorizations } = await firstValueFrom(newOrder(account, { identifiers: ['example.org'] }));
  const { challenges } = await firstValueFrom(getAuthorization(account, authorizations[0] ?? ''));
  const challenge = challenges.find((each) => each.type === type);
  if (challenge === undefined) throw new Error(`no ${type} on offer`);
  expect(await firstValueFrom(respondToChallenge(account, challenge))).toMatchObject({ status: 'processing' });
}
