import { once } from 'node:events';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { firstValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type DevCa, startDevCa } from '../../lib/dev-ca/index.js';
import { getAuthorization, newOrder, respondToChallenge } from '../../lib/index.js';
import { plainRequest } from '../support/http-request.js';
import { accountAt, running } from './support/running.js';

/** A connection to a development CA, and all that comes back on it. */
async function connected({ port, rootPem }: DevCa) {
  const socket = connectTls({ host: '127.0.0.1', port, ca: rootPem, servername: 'localhost' });
  onTestFinished(() => void socket.destroy());
  let text = '';
  socket.on('error', () => undefined).on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  await once(socket, 'secureConnect');
  return { socket, text: () => text };
}

/** What comes back on bytes that are sent as they are, up to the end of the connection. */
async function exchanged(devCa: DevCa, bytes: string): Promise<string> {
  const { socket, text } = await connected(devCa);
  const closed = once(socket, 'close');
  socket.end(bytes, 'latin1');
  await closed;
  return text();
}

const lines = (...each: string[]) => `${each.join('\r\n')}\r\n\r\n`;
const usual = ['Host: x', 'User-Agent: spec', 'Connection: close'];

describe('a server that is asked for odd things goes on', () => {
  let devCa: DevCa;
  beforeAll(
    () =>
      new Promise<() => void>((resolve, reject) => {
        const subscription = startDevCa().subscribe({
          next: (each) => {
            devCa = each;
            resolve(() => subscription.unsubscribe());
          },
          error: reject,
        });
      }),
  );
  const isThere = async () => expect((await plainRequest(devCa.directoryUrl, { ca: devCa.rootPem })).status).toBe(200);

  it.each([
    ['a path that leads out', 'GET /order/../../root.pem HTTP/1.1', 404],
    ['a path that leads nowhere', 'GET /./root.pem HTTP/1.1', 404],
    ['a whole URL', 'GET https://x/directory HTTP/1.1', 404],
    ['an asterisk', 'GET * HTTP/1.1', 404],
    ['a zero', 'GET /directory%00 HTTP/1.1', 404],
    ['a long path', `GET /${'x'.repeat(10_000)} HTTP/1.1`, 404],
    ['a path that is too long', `GET /${'x'.repeat(20_000)} HTTP/1.1`, 431],
    ['no HTTP', 'nonsense', 400],
    ['a method that nobody knows', 'GETT /directory HTTP/1.1', 400],
    ['a method for something else', 'TRACE /directory HTTP/1.1', 405],
  ])('%s', async (_, line, status) => {
    expect(await exchanged(devCa, lines(line, ...usual))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    await isThere();
  });

  it.each([
    ['another host', ['Host: elsewhere.test']],
    ['a header called __proto__', ['Host: x', '__proto__: x', 'constructor: x']],
    ['an upgrade', ['Host: x', 'Connection: upgrade', 'Upgrade: websocket']],
  ])('with %s, whose URLs are its own', async (_, headers) => {
    const text = await exchanged(devCa, lines('GET /directory HTTP/1.1', ...headers, ...usual.slice(1)));
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    expect(text).toContain(`"newOrder":"${devCa.origin}/new-order"`);
    await isThere();
  });

  it.each([
    ['less than it says', ['Content-Length: 100'], '{', 400],
    ['lengths of two kinds', ['Content-Length: 1', 'Transfer-Encoding: chunked'], '0\r\n\r\n', 400],
    ['two content types', ['Content-Type: text/plain', 'Content-Length: 2'], '{}', 415],
    ['a content type and more', ['Content-Type: application/jose+json; charset=utf-8', 'Content-Length: 2'], '{}', 415],
    ['a body in deep brackets', ['Content-Length: 120000'], '['.repeat(120_000), 400],
  ])('a body with %s', async (_, headers, body, status) => {
    const type = headers.some((each) => each.startsWith('Content-Type')) ? [] : ['Content-Type: application/jose+json'];
    const text = await exchanged(devCa, lines('POST /new-order HTTP/1.1', ...usual, ...type, ...headers) + body);
    expect(text).toMatch(new RegExp(`^(HTTP/1.1 ${status} |$)`));
    await isThere();
  });

  it('a body that stays away when the connection is cut', async () => {
    const open: TLSSocket[] = [];
    for (let index = 0; index < 20; index++) {
      const { socket } = await connected(devCa);
      socket.write(lines('POST /new-order HTTP/1.1', 'Host: x', 'Content-Length: 100') + '{');
      open.push(socket);
    }
    for (const [index, socket] of open.entries()) if (index % 2 === 0) socket.destroy();
    for (const [index, socket] of open.entries()) if (index % 2 === 1) socket.end();
    await Promise.all(open.map((socket) => socket.closed || once(socket, 'close')));
    await isThere();
  });
});

it('a client that goes while it waits for the outcome finds it when it is back', async () => {
  const devCa = await running({ alwaysValid: true, outcomeInAnswer: true, validationDelayMs: 300 });
  const account = await accountAt(devCa);
  const order = await firstValueFrom(newOrder(account, { identifiers: ['example.org'] }));
  const look = () => firstValueFrom(getAuthorization(account, order.authorizations[0] ?? ''));
  const [challenge] = (await look()).challenges;
  if (challenge === undefined) throw new Error('no challenge');
  const answering = respondToChallenge(account, challenge).subscribe();
  await expect.poll(async () => (await look()).challenges[0]?.status).toBe('processing');
  answering.unsubscribe();
  await expect.poll(async () => (await look()).status).toBe('valid');
});
