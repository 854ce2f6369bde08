import { Agent as HttpAgent, request } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { lastValueFrom } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { acmeSession, closeSession, getDirectory } from '../../lib/index.js';
import { nodeTransport, type NodeTransportOptions } from '../../lib/node/node-transport.js';
import { throughProxy } from '../../lib/node/tunnel.js';
import { freePort } from '../support/free-port.js';
import { makeServerCertificate } from '../support/server-certificate.js';
import { connectProxy } from '../wire/connect-proxy.js';
import { response, type WireAnswer, wireServer } from '../wire/wire-server.js';

const certificate = await makeServerCertificate();
const tls = { key: certificate.keyPem, cert: certificate.certificatePem };
const friendly: WireAnswer = (socket, _, number) => socket.write(response(`${number}`));
const requestFor = (origin: string) =>
  ({ method: 'GET', url: `${origin}/x`, headers: {}, maxResponseBytes: 1000 }) as const;

const ask = async (options: NodeTransportOptions, origin: string) => {
  const transport = nodeTransport({ ca: certificate.caPem, ...options });
  try {
    return (await lastValueFrom(transport(requestFor(origin)))).status;
  } finally {
    transport.close?.();
  }
};

describe('through a proxy', () => {
  it('TLS is with the server: its certificate is checked, its name and address go to the proxy', async () => {
    const [server, proxy] = [await wireServer(friendly, tls), await connectProxy()];
    expect(await ask({ proxy: proxy.url }, server.origin)).toBe(200);
    expect(proxy.targets).toEqual([`127.0.0.1:${server.port}`]);
    expect(proxy.headers[0]).toMatchObject({ host: `127.0.0.1:${server.port}` });
    expect(proxy.headers[0]).not.toHaveProperty('proxy-authorization');
    const stranger = await makeServerCertificate();
    await expect(ask({ proxy: proxy.url, ca: stranger.caPem }, server.origin)).rejects.toThrow(/certificate/);
    expect(server.requests).toHaveLength(1);
  });

  it('a client certificate is shown to the server', async () => {
    const asking = { ...tls, ca: certificate.caPem, requestCert: true, rejectUnauthorized: false };
    const [server, proxy] = [await wireServer(friendly, asking), await connectProxy()];
    expect(await ask({ proxy: proxy.url, ...tls }, server.origin)).toBe(200);
  });

  it('connections are kept, and closed with the transport', async () => {
    const [server, proxy] = [await wireServer(friendly, tls), await connectProxy()];
    const transport = nodeTransport({ ca: certificate.caPem, proxy: proxy.url });
    for (let each = 0; each < 4; each++) await lastValueFrom(transport(requestFor(server.origin)));
    expect(server.connections).toBe(1);
    expect(proxy.targets).toHaveLength(1);
    transport.close?.();
    await server.drained();
    await proxy.drained();
  });

  it('a name and a password go to the proxy, and to it alone', async () => {
    const [server, proxy] = [await wireServer(friendly, tls), await connectProxy()];
    await ask({ proxy: proxy.url.replace('://', '://me:p%40ss@') }, server.origin);
    expect(proxy.headers[0]).toMatchObject({
      'proxy-authorization': `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    });
    expect(server.requests[0]?.headers.map(([name]) => name.toLowerCase())).not.toContain('proxy-authorization');
  });

  it('that is itself behind TLS', async () => {
    const [server, proxy] = [await wireServer(friendly, tls), await connectProxy({ tls })];
    // Its certificate has to be one that Node itself trusts; the roots given are those of the server.
    await expect(ask({ proxy: proxy.url }, server.origin)).rejects.toThrow(/certificate/);
    expect(proxy.targets).toEqual([]);
  });

  it('that is itself behind TLS is asked by its own name', async () => {
    const names: string[] = [];
    const SNICallback = (name: string, done: (error: Error | null) => void) => {
      names.push(name);
      done(null);
    };
    const proxy = await connectProxy({ tls: { ...tls, SNICallback } });
    await expect(ask({ proxy: `https://localhost:${proxy.port}` }, 'https://ca.test')).rejects.toThrow(
      /unable to verify the first certificate|local issuer/,
    );
    expect(names).toEqual(['localhost']);
  });

  it('a key that is none is the error of the stream', async () => {
    const [server, proxy] = [await wireServer(friendly, tls), await connectProxy()];
    const key = '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n';
    await expect(ask({ cert: tls.cert, key, proxy: proxy.url }, server.origin)).rejects.toBeInstanceOf(Error);
    await proxy.drained();
  });

  it('any status of success is one', async () => {
    const server = await wireServer(friendly, tls);
    const answer = (socket: Duplex) => {
      const upstream = connect(server.port, '127.0.0.1');
      socket.write('HTTP/1.1 201 Connected\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
      socket.on('close', () => upstream.destroy());
    };
    const proxy = await connectProxy({ answer });
    expect(await ask({ proxy: proxy.url }, server.origin)).toBe(200);
  });

  it('that takes no such password: it is not asked again', async () => {
    const answer = (socket: Duplex) => socket.end('HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n');
    const [server, proxy] = [await wireServer(friendly, tls), await connectProxy({ answer })];
    const transport = nodeTransport({ ca: certificate.caPem, proxy: proxy.url.replace('://', '://me:secret@') });
    const session = acmeSession({ directoryUrl: server.origin, transport });
    await expect(lastValueFrom(getDirectory(session))).rejects.toMatchObject({
      code: 'input',
      message: `the proxy 127.0.0.1:${proxy.port} takes no such name and password (HTTP 407); the proxy's URL holds them`,
    });
    expect(proxy.targets).toHaveLength(1);
    closeSession(session);
  });

  it.each([403, 502])('that refuses with %d, the error says which proxy', async (status) => {
    const [server, proxy] = [
      await wireServer(friendly, tls),
      await connectProxy({ answer: (socket) => socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`) }),
    ];
    await expect(ask({ proxy: proxy.url.replace('://', '://me:secret@') }, server.origin)).rejects.toThrow(
      `the proxy 127.0.0.1:${proxy.port} does not connect to 127.0.0.1:${server.port}: HTTP ${status}`,
    );
    expect(server.connections).toBe(0);
  });

  it('that is not there, or hangs up, is an error', async () => {
    const server = await wireServer(friendly, tls);
    const port = await freePort();
    await expect(ask({ proxy: `http://127.0.0.1:${port}` }, server.origin)).rejects.toThrow('ECONNREFUSED');
    const rude = await connectProxy({ answer: (socket) => socket.destroy() });
    await expect(ask({ proxy: rude.url }, server.origin)).rejects.toThrow('socket hang up');
  });

  it('that never answers: unsubscribing closes the connection to it', async () => {
    const [server, proxy] = [await wireServer(friendly, tls), await connectProxy({ answer: () => undefined })];
    const transport = nodeTransport({ ca: certificate.caPem, proxy: proxy.url });
    const never = () => expect.unreachable('something came');
    const asking = transport(requestFor(server.origin)).subscribe({ next: never, error: never });
    await proxy.asked(1);
    asking.unsubscribe();
    await proxy.drained();
    transport.close?.();
  });

  it('that never answers: closing ends the request, and the connection to it', async () => {
    const [server, proxy] = [await wireServer(friendly, tls), await connectProxy({ answer: () => undefined })];
    const transport = nodeTransport({ ca: certificate.caPem, proxy: proxy.url });
    const asking = lastValueFrom(transport(requestFor(server.origin)));
    await proxy.asked(1);
    transport.close?.();
    await expect(asking).rejects.toBeInstanceOf(Error);
    await proxy.drained();
  });

  it('unsubscribing from one request leaves the others, whose turn comes after it, alone', async () => {
    const proxy = await connectProxy();
    const server = await wireServer((socket, _, number) => number > 1 && socket.write(response()), tls);
    const transport = nodeTransport({ ca: certificate.caPem, proxy: proxy.url, maxSockets: 1 });
    const first = transport(requestFor(server.origin)).subscribe();
    await server.received(1);
    const others = [1, 2, 3].map(() => lastValueFrom(transport(requestFor(server.origin))));
    first.unsubscribe();
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200, 200]);
    transport.close?.();
  });

  it('unsubscribing while TLS is made closes it', async () => {
    const silent = await wireServer(() => undefined); // Never says a word of TLS.
    const proxy = await connectProxy();
    const transport = nodeTransport({ proxy: proxy.url });
    const asking = transport(requestFor(silent.origin.replace('http', 'https'))).subscribe({ error: () => undefined });
    await proxy.asked(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    asking.unsubscribe();
    await proxy.drained();
    transport.close?.();
  });
});

describe('the environment', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('names the proxy where the transport is made without one', async () => {
    const server = await wireServer(friendly, tls);
    const proxy = await connectProxy({ port: server.port });
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    vi.stubEnv('https_proxy', undefined);
    vi.stubEnv('NO_PROXY', 'other.test');
    vi.stubEnv('no_proxy', undefined);
    const checkServerIdentity = () => undefined;
    expect(await ask({ checkServerIdentity }, 'https://ca.test')).toBe(200);
    expect(proxy.targets).toEqual(['ca.test:443']);
    expect(await ask({}, server.origin)).toBe(200);
    expect(proxy.targets).toHaveLength(1);
  });

  it('is not asked where the options say which proxy, or none', async () => {
    vi.stubEnv('HTTPS_PROXY', 'ftp://nonsense');
    vi.stubEnv('https_proxy', undefined);
    const server = await wireServer(friendly, tls);
    expect(await ask({ proxy: false }, server.origin)).toBe(200);
    expect(() => nodeTransport()).toThrow('HTTPS_PROXY');
    expect(() => nodeTransport({ proxy: 'socks5://a' })).toThrow(/proxy must be the http: or https: URL/);
  });
});

describe('throughProxy', () => {
  it('brackets the address of a host in IPv6', async () => {
    const proxy = await connectProxy({ answer: (socket) => socket.end('HTTP/1.1 403 No\r\n\r\n') });
    const agent = throughProxy(new HttpAgent(), new URL(proxy.url));
    const error = await new Promise((resolve) => {
      request({ agent, host: '2001:db8::1', port: 80 }).on('error', resolve).end();
    });
    expect(proxy.targets).toEqual(['[2001:db8::1]:80']);
    expect(error).toBeInstanceOf(Error);
  });
});
