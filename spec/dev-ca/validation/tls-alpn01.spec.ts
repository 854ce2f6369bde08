import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { createSecureContext } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodePem } from '../../../lib/codec/pem.js';
import { freePort } from '../../support/free-port.js';
import { proofCertificate, type ProofOptions, tlsResponder } from '../support/tls-alpn01.js';
import { keyAuthorization, validating } from '../support/validating.js';

async function outcomeOf(options: ProofOptions, name = 'DNS:example.org') {
  const responder = await tlsResponder();
  const { context } = await proofCertificate(name, keyAuthorization, options);
  responder.contexts.set('example.org', context);
  return validating('tls-alpn-01', 'example.org', { tlsPort: responder.port });
}

describe('tls-alpn-01', () => {
  it('takes a certificate for the name with the digest', async () => {
    expect(await outcomeOf({})).toBeUndefined();
    expect(await outcomeOf({}, 'DNS:EXAMPLE.org')).toBeUndefined();
  });

  it.each([
    ['192.0.2.9', '9.2.0.192.in-addr.arpa'],
    ['2001:db8::1f', `f.1.${'0.'.repeat(22)}8.b.d.0.1.0.0.2.ip6.arpa`],
  ])('asks for %s by the name that it has in the reverse DNS', async (address, name) => {
    const { port, contexts, asked } = await tlsResponder();
    contexts.set(name, (await proofCertificate(`IP:${address}`, keyAuthorization)).context);
    expect(await validating('tls-alpn-01', address, { tlsPort: port })).toBeUndefined();
    expect(asked).toEqual([name]);
  });

  it.each<[string, ProofOptions, RegExp]>([
    ['another name', { names: 'DNS:www.example.org' }, /as its only alternative name, and has www\.example\.org$/],
    ['a second name', { names: 'DNS:example.org,DNS:b.test' }, /only alternative name, and has example\.org, b\.test$/],
    ['a second name of another kind', { names: 'DNS:example.org,email:a@example.org' }, /only alternative name/],
    ['no name', { names: '' }, /and has none$/],
    ['another digest', { digest: createHash('sha256').update('x').digest() }, /has the digest 2d711642.* of another/],
    ['no digest', { digest: Buffer.alloc(0) }, /has no critical acmeIdentifier extension/],
    ['a digest that is not critical', { critical: false }, /has no critical acmeIdentifier extension/],
  ])('refuses %s', async (_, options, detail) => {
    const problem = await outcomeOf(options);
    expect(problem).toMatchObject({ type: 'unauthorized', status: 403, detail: expect.stringMatching(detail) });
    expect(problem?.detail).toMatch(/^the certificate shown for example\.org /);
  });

  it('refuses one that is not signed with its own key', async () => {
    const { port, contexts } = await tlsResponder();
    const own = await proofCertificate('DNS:example.org', keyAuthorization);
    const foreign = withOtherSignature(own.cert);
    contexts.set('example.org', createSecureContext({ cert: foreign, key: own.key }));
    const problem = await validating('tls-alpn-01', 'example.org', { tlsPort: port });
    expect(problem?.detail).toMatch(/is not signed with its own key$/);
  });

  it('refuses a server that speaks another protocol, or none', async () => {
    const { context } = await proofCertificate('DNS:example.org', keyAuthorization);
    const web = await tlsResponder(['http/1.1']);
    web.contexts.set('example.org', context);
    expect(await validating('tls-alpn-01', 'example.org', { tlsPort: web.port })).toMatchObject({ type: 'tls' });
    const mute = await tlsResponder([]);
    mute.contexts.set('example.org', context);
    expect(await validating('tls-alpn-01', 'example.org', { tlsPort: mute.port })).toMatchObject({
      type: 'unauthorized',
      detail: expect.stringContaining('does not speak acme-tls/1'),
    });
  });

  it('says when there is nobody, nobody who speaks TLS, or nobody who answers', async () => {
    const closed = await validating('tls-alpn-01', 'example.org', { tlsPort: await freePort() });
    expect(closed).toMatchObject({
      type: 'connection',
      detail: expect.stringMatching(/at 127\.0\.0\.1 port \d+: .*REFUSED/),
    });
    const plain = await plainServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await validating('tls-alpn-01', 'example.org', { tlsPort: plain })).toMatchObject({ type: 'tls' });
    const abrupt = await plainServer((socket) => socket.resetAndDestroy());
    expect(await validating('tls-alpn-01', 'example.org', { tlsPort: abrupt })).toMatchObject({ type: 'connection' });
    const silent = await plainServer(() => undefined);
    const problem = await validating('tls-alpn-01', 'example.org', { tlsPort: silent, validationTimeoutMs: 100 });
    expect(problem).toMatchObject({ type: 'connection', detail: 'no outcome within 100 ms' });
  });
});

/** The same certificate, one bit of its signature changed. */
function withOtherSignature(cert: string): string {
  const der = Buffer.from(cert.replace(/-----.*-----|\s/g, ''), 'base64');
  der.writeUInt8(der.readUInt8(der.length - 1) ^ 1, der.length - 1);
  return encodePem('CERTIFICATE', der);
}

async function plainServer(meet: (socket: ReturnType<typeof connect>) => unknown): Promise<number> {
  const sockets: ReturnType<typeof connect>[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    meet(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as { port: number }).port;
}
