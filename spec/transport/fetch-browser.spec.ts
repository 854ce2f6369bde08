import { firstValueFrom, lastValueFrom } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import type { AcmeHttpRequest } from '../../lib/model/ports.js';
import { exchange } from '../../lib/request/exchange.js';
import { acmeSession } from '../../lib/request/session.js';
import { platformFetch } from '../../lib/transport/fetch.browser.js';
import { fetchTransport } from '../../lib/transport/fetch-transport.js';
import { response, wireServer } from '../wire/wire-server.js';

vi.mock('#fetch', () => import('../../lib/transport/fetch.browser.js'));

const request: AcmeHttpRequest = {
  method: 'POST',
  url: 'https://ca.example/%7Ea?b=%27',
  headers: { 'user-agent': 'rxacme', 'accept-language': 'en', 'content-type': 'application/jose+json' },
  body: '{}',
  maxResponseBytes: 1000,
};

/** A fetch as browsers have it: a method of the global object that refuses to be one of any other. */
const native = (answer = () => new Response('{}', { status: 200 })) => {
  const calls: unknown[][] = [];
  const fetch = vi.fn(function (this: unknown, ...called: unknown[]) {
    if (this !== undefined && this !== globalThis) throw new TypeError('Illegal invocation');
    calls.push(called);
    return Promise.resolve(answer());
  });
  return { fetch, calls };
};

const realFetch = globalThis.fetch;
let calls: unknown[][];
beforeEach(() => {
  const stub = native();
  calls = stub.calls;
  vi.stubGlobal('fetch', stub.fetch);
});
afterEach(() => void vi.unstubAllGlobals());

describe('in a browser', () => {
  it('the global fetch is called with exactly this, and no User-Agent', async () => {
    await lastValueFrom(fetchTransport()(request));
    expect(calls).toEqual([
      [
        'https://ca.example/%7Ea?b=%27',
        {
          method: 'POST',
          headers: { 'accept-language': 'en', 'content-type': 'application/jose+json' },
          body: '{}',
          redirect: 'manual',
          cache: 'no-store',
          credentials: 'omit',
          signal: expect.any(AbortSignal),
        },
      ],
    ]);
  });

  it('mistake: to set User-Agent, which costs a preflight that CAs refuse. Not even the application’s own is sent', async () => {
    const session = acmeSession({ directoryUrl: 'https://ca.example/directory', userAgent: 'app/1' });
    await lastValueFrom(exchange(session, { method: 'POST', url: request.url, body: '{}' }));
    const [, init] = calls[0] as [string, { headers: Record<string, string> }];
    expect(Object.keys(init.headers)).not.toContain('user-agent');
    expect(Object.keys(init.headers)).toContain('accept-language');
  });

  it('the headers of the request are not changed', async () => {
    const headers = Object.freeze({ ...request.headers });
    await lastValueFrom(fetchTransport()({ ...request, headers }));
    expect(headers['user-agent']).toBe('rxacme');
  });

  it('the global fetch is looked up at each call, so that later patches are seen', async () => {
    const transport = fetchTransport();
    await lastValueFrom(transport(request));
    const patched = native();
    vi.stubGlobal('fetch', patched.fetch);
    await lastValueFrom(transport(request));
    expect([calls.length, patched.calls.length]).toEqual([1, 1]);
  });

  it('it may be called as a method of anything', async () => {
    const holder = { fetch: platformFetch.fetch };
    await expect(holder.fetch(request.url, { signal: AbortSignal.abort() } as never)).resolves.toMatchObject({
      status: 200,
    });
  });

  it('a response is read from its web stream', async () => {
    vi.stubGlobal('fetch', native(() => new Response('{"a":"é"}', { status: 201, headers: { Link: '<a>' } })).fetch);
    const answer = await firstValueFrom(fetchTransport()(request));
    expect(answer).toMatchObject({ status: 201, headers: { link: '<a>' } });
    expect(new TextDecoder().decode(answer.body)).toBe('{"a":"é"}');
  });

  it('a redirect shows neither status nor target, and is an error of the session', async () => {
    vi.stubGlobal('fetch', native(() => Response.error()).fetch);
    const session = acmeSession({ directoryUrl: 'https://ca.example/directory' });
    const asking = lastValueFrom(exchange(session, { method: 'POST', url: request.url, body: '{}' }));
    const error: unknown = await asking.catch((each: unknown) => each);
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect(error).toMatchObject({ status: 0, message: expect.stringContaining('redirects elsewhere') });
  });

  describe('over the wire, by a native fetch', () => {
    beforeEach(() => vi.stubGlobal('fetch', realFetch));

    it('sends the URL as it is, and does not follow', async () => {
      const server = await wireServer((socket) =>
        socket.end(response('', { status: '307 Elsewhere', headers: { location: '/elsewhere', connection: 'close' } })),
      );
      const answer = await lastValueFrom(
        fetchTransport()({ ...request, url: `${server.origin}/a!$&()*+,;=:@b/%7E/%2f//?a=%27&b` }),
      );
      expect(answer).toMatchObject({ status: 307, headers: { location: '/elsewhere' } });
      expect(server.requests.map(({ line }) => line)).toEqual(['POST /a!$&()*+,;=:@b/%7E/%2f//?a=%27&b HTTP/1.1']);
      expect(server.requests[0]?.headers).not.toContainEqual(['user-agent', 'rxacme']);
    });

    it.each([
      ['before the headers', ''],
      ['in the body', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'],
    ])('closes the connection when it is unsubscribed %s', async (_, bytes) => {
      const server = await wireServer((socket) => socket.write(bytes));
      const asking = fetchTransport()({ ...request, url: server.origin }).subscribe();
      await server.received(1);
      await new Promise(setImmediate);
      asking.unsubscribe();
      await server.closed(1);
    });

    it('stops reading beyond the limit, and closes the connection', async () => {
      const server = await wireServer((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(2000)}`);
      });
      const asking = lastValueFrom(fetchTransport()({ ...request, url: server.origin }));
      await expect(asking).rejects.toBeInstanceOf(AcmeProtocolError);
      await server.closed(1);
    });
  });
});
