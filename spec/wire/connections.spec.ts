import { lastValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AcmeHttpRequest, AcmeTransport } from '../../lib/model/ports.js';
import { nodeTransport } from '../../lib/node/node-transport.js';
import { exchange } from '../../lib/request/exchange.js';
import { acmeSession, closeSession } from '../../lib/request/session.js';
import { fetchTransport } from '../../lib/transport/fetch-transport.js';
import { makeServerCertificate, type ServerCertificate } from '../support/server-certificate.js';
import { response, type WireAnswer, wireServer } from './wire-server.js';
import { covers } from '../support/covers.js';

covers('transport');

const requestFor = (origin: string): AcmeHttpRequest => ({
  method: 'POST',
  url: `${origin}/x`,
  headers: { 'content-type': 'application/jose+json' },
  body: '{}',
  maxResponseBytes: 1000,
});
const ask = (transport: AcmeTransport, origin: string) => lastValueFrom(transport(requestFor(origin)));
const friendly: WireAnswer = (socket, _, number) => socket.write(response(`${number}`));

let certificate: ServerCertificate;
let tls: { key: string; cert: string };
beforeAll(async () => {
  certificate = await makeServerCertificate();
  tls = { key: certificate.keyPem, cert: certificate.certificatePem };
});

describe('connections are kept alive', () => {
  it('by the default transport', async () => {
    const server = await wireServer(friendly);
    for (let each = 0; each < 10; each++) await ask(fetchTransport(), server.origin);
    expect(server.requests).toHaveLength(10);
    expect(server.connections).toBe(1);
  });

  it('by nodeTransport, over TLS with a root of its own', async () => {
    const server = await wireServer(friendly, tls);
    const transport = nodeTransport({ ca: certificate.caPem });
    for (let each = 0; each < 10; each++) expect((await ask(transport, server.origin)).status).toBe(200);
    expect(server.connections).toBe(1);
    transport.close?.();
    await server.drained();
  });

  it('whatever the status, and where there is no body', async () => {
    const statuses = ['400 Bad Request', '204 No Content', '307 Elsewhere', '503 Busy', '200 OK'];
    const server = await wireServer((socket, _, number) =>
      socket.write(response('', { status: statuses[number - 1] ?? '' })),
    );
    for (const status of statuses) {
      expect((await ask(fetchTransport(), server.origin)).status).toBe(Number.parseInt(status));
    }
    expect(server.connections).toBe(1);
  });

  it('one for each request at a time, and no more', async () => {
    const waiting: (() => void)[] = [];
    const server = await wireServer((socket, _, number) => {
      waiting.push(() => socket.write(response(`${number}`)));
      if (waiting.length === 4) waiting.splice(0).forEach((each) => each());
    });
    for (let round = 0; round < 3; round++) {
      await Promise.all([1, 2, 3, 4].map(() => ask(fetchTransport(), server.origin)));
    }
    expect(server.connections).toBe(4);
  });
});

describe('nodeTransport', () => {
  it('trusts only the roots it is given', async () => {
    const server = await wireServer(friendly, tls);
    const stranger = await makeServerCertificate();
    for (const transport of [fetchTransport(), nodeTransport(), nodeTransport({ ca: stranger.caPem })]) {
      await expect(ask(transport, server.origin)).rejects.toMatchObject({
        message: expect.stringMatching(/unable to (verify|get local issuer)|certificate signature failure/),
      });
      transport.close?.();
    }
    expect(server.requests).toEqual([]);
  });

  it('checks the name of the server', async () => {
    const server = await wireServer(friendly, tls);
    const transport = nodeTransport({ ca: certificate.caPem, checkServerIdentity: () => new Error('not who it says') });
    await expect(ask(transport, server.origin)).rejects.toThrow('not who it says');
    transport.close?.();
  });

  it('shows a certificate of its own where it is asked for one', async () => {
    const server = await wireServer(friendly, {
      ...tls,
      ca: certificate.caPem,
      requestCert: true,
      rejectUnauthorized: false,
    });
    const transport = nodeTransport({ ca: certificate.caPem, ...tls });
    expect((await ask(transport, server.origin)).status).toBe(200);
    transport.close?.();
    await server.drained();
  });

  it('closes its idle connections, and those only', async () => {
    const server = await wireServer(friendly, tls);
    const [first, second] = [nodeTransport({ ca: certificate.caPem }), nodeTransport({ ca: certificate.caPem })];
    await ask(first, server.origin);
    await ask(second, server.origin);
    first.close?.();
    await ask(second, server.origin);
    expect(server.connections).toBe(2);
    second.close?.();
    await server.drained();
  });

  it('ends what is under way when it is closed', async () => {
    const server = await wireServer(() => undefined, tls);
    const transport = nodeTransport({ ca: certificate.caPem });
    const asking = ask(transport, server.origin).catch((error: unknown) => error);
    await server.received(1);
    transport.close?.();
    expect(await asking).toMatchObject({ code: 'ECONNRESET' });
    await server.drained();
  });

  it('may be closed twice, and unused', () => {
    const transport = nodeTransport();
    transport.close?.();
    transport.close?.();
  });

  it('aborts over TLS as well', async () => {
    const server = await wireServer(
      (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'),
      tls,
    );
    const transport = nodeTransport({ ca: certificate.caPem });
    const asking = transport(requestFor(server.origin)).subscribe();
    await server.received(1);
    asking.unsubscribe();
    await server.drained();
    transport.close?.();
  });
});

describe('closeSession', () => {
  it('closes the connections of its transport, also behind interceptors', async () => {
    const server = await wireServer(friendly, tls);
    const session = acmeSession({
      directoryUrl: `${server.origin}/directory`,
      transport: nodeTransport({ ca: certificate.caPem }),
      interceptors: [(request, next) => next(request)],
    });
    const { status } = await lastValueFrom(exchange(session, { method: 'GET', url: `${server.origin}/x` }));
    expect(status).toBe(200);
    closeSession(session);
    closeSession(session);
    await server.drained();
    const later = lastValueFrom(exchange(session, { method: 'GET', url: `${server.origin}/x` }));
    await expect(later).rejects.toMatchObject({ code: 'transport', message: 'the session is closed' });
    expect(server.requests).toHaveLength(1);
  });
});
