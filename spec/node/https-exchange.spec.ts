import { once } from 'node:events';
import { Agent } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AcmeHttpRequest } from '../../lib/model/ports.js';
import { exchangeByNode } from '../../lib/node/https-exchange.js';
import { response, wireServer } from '../wire/wire-server.js';

const agent = new Agent({ keepAlive: true });
const ask = (url: string, more: Partial<AcmeHttpRequest> = {}) =>
  exchangeByNode({ method: 'GET', url, headers: {}, maxResponseBytes: 1000, ...more }, () => agent);

describe('exchangeByNode', () => {
  it('does nothing before it is subscribed, and all of it anew each time', async () => {
    const server = await wireServer((socket, _, number) => socket.write(response(`${number}`)));
    const asking = ask(`${server.origin}/x`);
    expect(server.connections).toBe(0);
    for (const body of ['1', '2']) expect(new TextDecoder().decode((await lastValueFrom(asking)).body)).toBe(body);
  });

  // fetch writes ' as %27 and takes dot segments out.
  it.each(["/it's", "/a?b='c'", '/a/./b', '/a/../b', '/a/%2e%2e/b', '//a///b//', '/a?'])(
    'asks for exactly what is signed: %s',
    async (path) => {
      const server = await wireServer((socket) => socket.write(response()));
      await lastValueFrom(ask(server.origin + path));
      expect(server.requests.map(({ line }) => line)).toEqual([`GET ${path} HTTP/1.1`]);
    },
  );

  it('errors where the URL cannot be asked for, and sends nothing', async () => {
    const server = await wireServer((socket) => socket.write(response()));
    for (const path of ['/a b', '/é', '/€', '/a#b'])
      await expect(lastValueFrom(ask(server.origin + path))).rejects.toMatchObject({ code: 'protocol' });
    expect(server.connections).toBe(0);
  });

  it('sends no header but those it is given and those that HTTP demands', async () => {
    const server = await wireServer((socket) => socket.write(response()));
    await lastValueFrom(ask(`${server.origin}/x`, { method: 'POST', body: '', headers: { 'user-agent': 'me' } }));
    const headers = server.requests[0]?.headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`);
    expect(headers?.sort()).toEqual([
      'connection: keep-alive',
      'content-length: 0',
      `host: 127.0.0.1:${server.port}`,
      'user-agent: me',
    ]);
  });

  it('errors where the server goes on in another protocol', async () => {
    const server = await wireServer((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\nhello'),
    );
    await expect(lastValueFrom(ask(`${server.origin}/x`))).rejects.toThrow('goes on in another protocol');
    await server.drained();
  });

  it('closes the connection when it is left before all of the request was read, whole answer or not', async () => {
    const server = createServer();
    onTestFinished(() => void server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const never = () => expect.unreachable('something came');
    const body = 'x'.repeat(30_000_000);
    const asking = ask(`http://127.0.0.1:${port}/x`, { method: 'POST', body }).subscribe({ next: never, error: never });
    const [socket] = (await once(server, 'connection')) as [Socket];
    socket.on('error', () => undefined);
    await once(socket, 'data');
    socket.pause().write(response('enough'));
    await delay(50);
    asking.unsubscribe();
    socket.resume();
    await once(socket, 'close');
  });

  it.each([
    ['seconds', '120', '3600'],
    ['dates', 'Wed, 21 Oct 2026 07:28:00 GMT', 'Thu, 22 Oct 2026 07:28:00 GMT'],
  ])('of a Retry-After that is repeated, in %s, the first counts', async (_what, first, second) => {
    const server = await wireServer((socket) =>
      socket.write(`HTTP/1.1 503 No\r\nRetry-After: ${first}\r\nRetry-After: ${second}\r\nContent-Length: 0\r\n\r\n`),
    );
    const { headers } = await lastValueFrom(ask(`${server.origin}/x`));
    expect(headers['retry-after']).toBe(first);
  });

  it('says that an answer was cut', async () => {
    const server = await wireServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx'));
    await expect(lastValueFrom(ask(`${server.origin}/x`))).rejects.toThrow(
      'the connection ended before the answer did',
    );
  });

  it('keeps the code of what Node fails with', async () => {
    await expect(lastValueFrom(ask('http://127.0.0.1:1/'))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
