import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { AcmeHttpRequest } from '../../lib/model/ports.js';
import { version } from '../../lib/model/version.js';
import { acmeAccount } from '../../lib/request/account.js';
import { acmeSession } from '../../lib/request/session.js';
import { postAsGet, signedPost } from '../../lib/resources/post-as-get.js';
import { fetchTransport } from '../../lib/transport/fetch-transport.js';
import { nodeSigner } from '../signing/keys.js';
import { rfc8037EdKey } from '../vectors/signing.js';
import { response, type WireAnswer, wireServer } from './wire-server.js';
import { covers } from '../support/covers.js';

covers('transport', 'signedRequests');

const requestFor = (url: string, more: Partial<AcmeHttpRequest> = {}): AcmeHttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  maxResponseBytes: 1000,
  ...more,
});

describe('a request on the wire', () => {
  /** As much of a certification authority as it takes to be sent a signed request. */
  const ca: WireAnswer = (socket, { line, headers }) => {
    const path = line.split(' ')[1] ?? '';
    const origin = `http://${headers.find(([name]) => name === 'Host')?.[1]}`;
    const directory = { newNonce: `${origin}/nonce`, newAccount: `${origin}/account`, newOrder: `${origin}/order` };
    const nonce = { 'replay-nonce': `nonce-for-${path.slice(1)}` };
    if (path === '/directory') socket.write(response(JSON.stringify(directory)));
    else socket.write(response('', { status: '200 OK', headers: nonce }));
  };
  const account = (origin: string) =>
    acmeAccount(
      acmeSession({ directoryUrl: `${origin}/directory`, allowInsecureHttp: true, userAgent: 'my-app/1.0' }),
      { signer: nodeSigner('EdDSA', rfc8037EdKey), url: `${origin}/account/1` },
    );
  const common = (port: number): [string, string][] => [
    ['accept-language', 'en'],
    ['connection', 'keep-alive'],
    ['host', `127.0.0.1:${port}`],
    ['user-agent', `my-app/1.0 rxacme/${version}`],
  ];
  const headersOf = (headers: readonly (readonly [string, string])[]) =>
    headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  const sorted = (headers: readonly (readonly [string, string])[]) => [...headers].sort(([a], [b]) => (a < b ? -1 : 1));

  it('has exactly the headers it needs: the directory, the nonce, the signed POST', async () => {
    const server = await wireServer(ca);
    await lastValueFrom(
      signedPost(account(server.origin), `${server.origin}/order`, { contact: ['mailto:é@a.example'] }),
    );
    const [directory, nonce, post] = server.requests;
    expect(server.requests).toHaveLength(3);

    expect(directory?.line).toBe('GET /directory HTTP/1.1');
    expect(sorted(headersOf(directory?.headers ?? []))).toEqual(
      sorted([...common(server.port), ['accept', 'application/json']]),
    );
    expect(nonce?.line).toBe('GET /nonce HTTP/1.1');
    expect(sorted(headersOf(nonce?.headers ?? []))).toEqual(sorted([...common(server.port), ['accept', '*/*']]));

    expect(post?.line).toBe('POST /order HTTP/1.1');
    expect(sorted(headersOf(post?.headers ?? []))).toEqual(
      sorted([
        ...common(server.port),
        ['accept', '*/*'],
        ['content-length', String(post?.body.length)],
        ['content-type', 'application/jose+json'],
      ]),
    );
  });

  it('has the JWS for its body, signed for the URL it goes to', async () => {
    const server = await wireServer(ca);
    await lastValueFrom(signedPost(account(server.origin), `${server.origin}/order`, { a: 1 }));
    const jws = JSON.parse(server.requests[2]?.body ?? '') as Record<string, string>;
    expect(Object.keys(jws)).toEqual(['protected', 'payload', 'signature']);
    expect(JSON.parse(Buffer.from(jws['protected'] ?? '', 'base64url').toString())).toEqual({
      alg: 'EdDSA',
      kid: `${server.origin}/account/1`,
      nonce: 'nonce-for-nonce',
      url: `${server.origin}/order`,
    });
  });

  it('asks for the media type that is wanted', async () => {
    const server = await wireServer(ca);
    await lastValueFrom(
      postAsGet(account(server.origin), `${server.origin}/certificate`, 'application/pem-certificate-chain'),
    );
    const { headers = [], body = '' } = server.requests[2] ?? {};
    expect(headersOf(headers)).toContainEqual(['accept', 'application/pem-certificate-chain']);
    expect(JSON.parse(body)).toMatchObject({ payload: '' });
  });

  it('has a body of UTF-8 octets, and their number for its length', async () => {
    const server = await wireServer((socket) => socket.write(response()));
    const headers = { 'content-type': 'application/jose+json' };
    await lastValueFrom(fetchTransport()(requestFor(server.origin, { method: 'POST', headers, body: '{"a":"é€"}' })));
    expect(Buffer.from(server.requests[0]?.body ?? '', 'latin1').toString()).toBe('{"a":"é€"}');
    expect(headersOf(server.requests[0]?.headers ?? [])).toContainEqual(['content-length', '13']);
  });

  it('has a length of zero where a POST has an empty body', async () => {
    const server = await wireServer((socket) => socket.write(response()));
    await lastValueFrom(fetchTransport()(requestFor(server.origin, { method: 'POST', body: '' })));
    expect(headersOf(server.requests[0]?.headers ?? [])).toContainEqual(['content-length', '0']);
  });
});

describe('the URL of a request', () => {
  const pathOnWire = async (path: string): Promise<string> => {
    const server = await wireServer((socket) => socket.write(response()));
    await lastValueFrom(fetchTransport()(requestFor(server.origin + path)));
    return server.requests[0]?.line ?? '';
  };

  it.each([
    '/acme/order/1',
    '/-._~',
    '/a!$&()*+,;=:@b',
    '/a;b=c,d/e',
    '/%7Euser/%2f/%2F/%C3%a9/%27',
    '//a///b//',
    '/a?',
    '/a?b=c&d=%26&e',
    '/a?q=/?:@-._~!$()*+,;=',
    '/a?redirect=http://b.example/',
    '/a?x=%27',
    '/..a/.b/c./...',
    `/${'a'.repeat(2000)}`,
  ])('is sent as it is: %s', async (path) => {
    expect(await pathOnWire(path)).toBe(`GET ${path} HTTP/1.1`);
  });

  it('has the path that HTTP demands where it has none', async () => {
    expect(await pathOnWire('')).toBe('GET / HTTP/1.1');
    expect(await pathOnWire('?a=b')).toBe('GET /?a=b HTTP/1.1');
  });

  // fetch writes ' as %27 and takes dot segments out, and then asks for another URL than the one that is signed.
  it.each(["/it's", "/a?b='c'", '/a/./b', '/a/../b', '/a/%2e%2e/b', '/a/%2E/b', '/a#b'])(
    'is not sent where it would be changed: %s',
    async (path) => {
      await expect(pathOnWire(path)).rejects.toMatchObject({ code: 'protocol' });
    },
  );
});
