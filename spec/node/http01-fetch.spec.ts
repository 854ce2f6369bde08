import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchPage } from '../../lib/node/http01-fetch.js';
import { Unreachable } from '../../lib/node/self-check-network.js';
import { freePort } from '../support/free-port.js';

async function network(listener: RequestListener) {
  const server = createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return { httpPort: (server.address() as AddressInfo).port, hosts: { '*': '127.0.0.1' } };
}

describe('fetchPage', () => {
  it('asks the host of the URL for its path and query, once, on a connection of its own', async () => {
    const requests: string[] = [];
    const where = await network((request, response) => {
      requests.push(`${request.headers.host ?? ''} ${request.url ?? ''} ${request.headers.connection ?? ''}`);
      response.writeHead(301, { location: '/there' }).end('moved');
    });
    const page = await firstValueFrom(fetchPage(where, new URL('http://a.example/here?x=1')));
    expect(page).toEqual({ status: 301, location: '/there', body: 'moved' });
    expect(requests).toEqual(['a.example /here?x=1 close']);
  });

  it('reads no more than 4096 octets', async () => {
    const where = await network((_, response) => response.end('x'.repeat(100_000)));
    expect((await firstValueFrom(fetchPage(where, new URL('http://a.example/')))).body).toHaveLength(4096);
  });

  it('errors where the server goes on in another protocol', async () => {
    const where = await network((request) => {
      request.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\nhello');
    });
    const page = firstValueFrom(fetchPage(where, new URL('http://a.example/')));
    await expect(page).rejects.toThrow('a.example at 127.0.0.1');
  });

  it('tells a host that cannot be reached from one that answers wrong', async () => {
    const nobody = { httpPort: await freePort(), hosts: { '*': '127.0.0.1' } };
    await expect(firstValueFrom(fetchPage(nobody, new URL('http://a.example/')))).rejects.toBeInstanceOf(Unreachable);
    const cutting = await network((request) => request.socket.destroy());
    const error = await firstValueFrom(fetchPage(cutting, new URL('http://a.example/'))).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Unreachable);
  });
});
