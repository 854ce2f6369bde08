import { gzipSync } from 'node:zlib';
import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import type { AcmeHttpResponse } from '../../lib/model/ports.js';
import { exchange } from '../../lib/request/exchange.js';
import { acmeSession } from '../../lib/request/session.js';
import { fetchTransport } from '../../lib/transport/fetch-transport.js';
import { released, response, type WireAnswer, type WireServer, wireServer } from './wire-server.js';
import { covers } from '../support/covers.js';

covers('transport');

const ask = async ({ origin }: WireServer, maxResponseBytes = 1_000_000): Promise<AcmeHttpResponse> => {
  const request = { method: 'GET', url: `${origin}/x`, headers: {}, maxResponseBytes } as const;
  const emitted = await lastValueFrom(fetchTransport()(request).pipe(toArray()));
  expect(emitted).toHaveLength(1);
  return emitted[0] as AcmeHttpResponse;
};
const text = ({ body }: AcmeHttpResponse): string => new TextDecoder().decode(body);
const sessionWith = ({ origin }: WireServer) =>
  acmeSession({ directoryUrl: `${origin}/directory`, allowInsecureHttp: true });

describe('a response', () => {
  it('comes with its status, its headers in lower case and its body', async () => {
    const server = await wireServer((socket) =>
      socket.write(
        response('{"a":"é"}', {
          status: '201 Created',
          headers: { 'Replay-Nonce': 'oFvnlFP1', LOCATION: 'https://a/' },
        }),
      ),
    );
    const answer = await ask(server);
    expect(answer).toMatchObject({ status: 201, headers: { 'replay-nonce': 'oFvnlFP1', location: 'https://a/' } });
    expect(text(answer)).toBe('{"a":"é"}');
    expect(answer.body).toBeInstanceOf(Uint8Array);
  });

  it.each([
    '200 OK',
    '204 No Content',
    '400 Bad Request',
    '404 Not Found',
    '429 Too Many Requests',
    '500 Oops',
    '299 Odd',
  ])('of status %s is a value, not an error', async (status) => {
    const server = await wireServer((socket) => socket.write(response('', { status })));
    const answer = await ask(server);
    expect(answer.status).toBe(Number(status.slice(0, 3)));
    expect(answer.body).toHaveLength(0);
  });

  it('has repeated headers joined', async () => {
    const links = 'Link: <https://a/1>;rel="alternate"\r\nLINK: <https://a/2>;rel="alternate"\r\n';
    const server = await wireServer((socket) => socket.write(`HTTP/1.1 200 OK\r\n${links}Content-Length: 0\r\n\r\n`));
    expect((await ask(server)).headers['link']).toBe('<https://a/1>;rel="alternate", <https://a/2>;rel="alternate"');
  });

  it.each<[string, WireAnswer]>([
    [
      'in chunks',
      (socket) =>
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n'),
    ],
    ['up to the end of the connection', (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nhello world')],
    ['by HTTP/1.0', (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nhello world')],
    [
      'after early hints',
      (socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${response('hello world')}`),
    ],
    [
      'octet by octet',
      (socket) => {
        for (const octet of response('hello world')) socket.write(octet);
      },
    ],
  ])('whose body comes %s is whole', async (_, answer) => {
    const server = await wireServer(answer);
    expect(text(await ask(server))).toBe('hello world');
  });
});

describe('a response that is encoded', () => {
  it('is not asked for', async () => {
    const server = await wireServer((socket) => socket.write(response()));
    await ask(server);
    const names = server.requests[0]?.headers.map(([name]) => name.toLowerCase());
    expect(names).not.toContain('accept-encoding');
  });

  it.each(['gzip', 'x-gzip', 'deflate', 'br', 'gzip, br'])('by %s all the same is refused', async (encoding) => {
    const server = await wireServer((socket) =>
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${2 ** 40}\r\n\r\nhello`),
    );
    await expect(ask(server)).rejects.toThrow(`the answer is encoded as ${encoding}`);
    await server.drained();
    await released(server.port);
  });

  it('cannot do harm: not by what is in it, nor by what is missing', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000_000));
    for (const body of [bomb, bomb.subarray(0, 100), Buffer.from('this is not gzip')]) {
      const server = await wireServer((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`);
        socket.write(body);
      });
      await expect(ask(server)).rejects.toThrow('encoded as gzip');
    }
  });

  it('by nothing is as good as any', async () => {
    const server = await wireServer((socket) =>
      socket.write(response('hello', { headers: { 'content-encoding': 'identity' } })),
    );
    expect(text(await ask(server))).toBe('hello');
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('by %d is not followed', async (status) => {
    const target = await wireServer((socket) => socket.write(response()));
    const location = `${target.origin}/elsewhere`;
    const server = await wireServer((socket) =>
      socket.write(response('', { status: `${status} Elsewhere`, headers: { location } })),
    );
    expect(await ask(server)).toMatchObject({ status, headers: { location } });
    expect(target.connections).toBe(0);
    expect(server.requests).toHaveLength(1);
  });

  it.each([301, 302, 303, 307, 308])('by %d is an error of the session that names the target', async (status) => {
    const target = await wireServer((socket) => socket.write(response()));
    const location = `${target.origin}/elsewhere`;
    const server = await wireServer((socket) =>
      socket.write(response('', { status: `${status} Elsewhere`, headers: { location } })),
    );
    const session = sessionWith(server);
    const request = { method: 'POST', url: `${server.origin}/x`, body: '{}' } as const;
    const error: unknown = await lastValueFrom(exchange(session, request)).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect(error).toMatchObject({ status, message: expect.stringContaining(`redirects to ${location}`) });
    expect(target.connections).toBe(0);
  });

  it.each(['', 'http://', '//', 'http://[', 'javascript:alert(1)', '/elsewhere'])(
    'to %j is not followed either',
    async (location) => {
      const server = await wireServer((socket) =>
        socket.write(response('', { status: '307 Elsewhere', headers: { location } })),
      );
      expect((await ask(server)).status).toBe(307);
      expect(server.requests).toHaveLength(1);
    },
  );
});

describe('a response that is too large', () => {
  const refused = async (server: WireServer, maxResponseBytes: number): Promise<void> => {
    const error: unknown = await ask(server, maxResponseBytes).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect(error).toMatchObject({ message: expect.stringContaining(`${maxResponseBytes} bytes`) });
  };

  it('may be as large as is allowed', async () => {
    const server = await wireServer((socket) => socket.write(response('x'.repeat(1000))));
    expect((await ask(server, 1000)).body).toHaveLength(1000);
    await refused(server, 999);
  });

  it('is not read further: the connection is closed', async () => {
    const server = await wireServer((socket) => {
      const piece = 'x'.repeat(65_536);
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${2 ** 40}\r\n\r\n`);
      const more = () => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on('drain', more);
      more();
    });
    await refused(server, 100_000);
    await server.drained();
    await released(server.port);
  });

  it('may have no end', async () => {
    const server = await wireServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const more = () => {
        while (!socket.destroyed && socket.write('400\r\n' + 'x'.repeat(1024) + '\r\n'));
      };
      socket.on('drain', more);
      more();
    });
    await refused(server, 100_000);
    await server.drained();
    await released(server.port);
  });

  it('is an error of the session too, by its own limit', async () => {
    const server = await wireServer((socket) => socket.write(response('x'.repeat(1001))));
    const session = acmeSession({ directoryUrl: server.origin, allowInsecureHttp: true, maxResponseBytes: 1000 });
    const error: unknown = await lastValueFrom(exchange(session, { method: 'GET', url: server.origin })).catch(
      (each: unknown) => each,
    );
    expect(error).toMatchObject({ code: 'protocol', message: expect.stringContaining('maxResponseBytes') });
  });
});
