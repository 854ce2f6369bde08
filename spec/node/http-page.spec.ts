import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hostOf, httpPage, type PageOptions } from '../../lib/node/http-page.js';
import { Unreachable } from '../../lib/node/self-check-network.js';
import { freePort } from '../support/free-port.js';
import { record } from '../support/virtual-time.js';

const where = (httpPort: number): PageOptions => ({
  address: '127.0.0.1',
  httpPort,
  tlsPort: 1,
  label: 'the page',
  client: 'rxacme',
});

async function serving(listener: RequestListener): Promise<PageOptions> {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return where((server.address() as AddressInfo).port);
}

describe('hostOf', () => {
  it.each([
    ['http://a.example:8080/x', 'a.example'],
    ['http://192.0.2.1/', '192.0.2.1'],
    ['http://[2001:db8::1]:80/', '2001:db8::1'],
  ])('%s: %s', (url, host) => {
    expect(hostOf(new URL(url))).toBe(host);
  });
});

describe('httpPage', () => {
  it('asks for the host of the URL, with a literal address in brackets, and says who asks', async () => {
    const options = await serving(({ headers }, response) => {
      response.end(`${headers.host ?? ''} ${headers['user-agent'] ?? ''}`);
    });
    const { body } = await firstValueFrom(httpPage(new URL('http://[2001:db8::1]/x'), options));
    expect(body).toMatch(/^\[2001:db8::1\] rxacme\/\d/);
  });

  it('goes to the port that a URL names, in the place of the usual one', async () => {
    const options = await serving((_, response) => response.end('here'));
    const url = new URL(`http://a.example:${options.httpPort}/`);
    expect(await firstValueFrom(httpPage(url, { ...options, httpPort: 1 }))).toMatchObject({ body: 'here' });
  });

  it.each([
    ['cannot be reached', async () => where(await freePort()), Unreachable],
    ['breaks the connection', () => serving(({ socket }) => socket.destroy()), Error],
  ])('errors where the server %s, and calls the page what it was told', async (_, options, type) => {
    const error: unknown = await firstValueFrom(httpPage(new URL('http://a.example/'), await options())).catch(
      (thrown: unknown) => thrown,
    );
    expect((error as Error).constructor).toBe(type);
    expect((error as Error).message).toMatch(/^the page at 127\.0\.0\.1 port \d+: ./);
    expect((error as Error).cause).toMatchObject({ code: expect.any(String) as string });
  });

  it('cuts the connection when it is left', async () => {
    let socket: Socket | undefined;
    const options = await serving((request) => (socket = request.socket));
    const fetching = record(httpPage(new URL('http://a.example/'), options));
    await expect.poll(() => socket).toBeDefined();
    fetching.unsubscribe();
    await expect.poll(() => socket?.destroyed).toBe(true);
    expect(fetching).toMatchObject({ values: [], isComplete: false });
  });
});
