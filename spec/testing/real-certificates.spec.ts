import { X509Certificate } from 'node:crypto';
import { concatMap, firstValueFrom, lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { parsePemChain } from '../../lib/codec/pem.js';
import {
  acmeSession,
  buildCertificateRequest,
  type CertificateKeyType,
  generateCertificateKey,
  generateSigner,
  newAccount,
  obtainCertificate,
  type ObtainCertificateOptions,
  toCertificate,
} from '../../lib/index.js';
import { fakeCa, type FakeCa, type FakeCaOptions, recordingSolver } from '../../lib/testing/index.js';
import { accountClient, csrOf, now, outcome } from './support/raw-client.js';

/** A certificate by a session that has nothing from `rxacme/testing` but its transport. */
async function issued(
  options: FakeCaOptions = {},
  request: Partial<ObtainCertificateOptions> = {},
  ca = fakeCa(options),
) {
  const session = acmeSession({ directoryUrl: ca.directoryUrl, transport: ca.transport });
  const certificate$ = generateSigner().pipe(
    concatMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true })),
    concatMap((account) =>
      obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()], ...request }),
    ),
    toCertificate(),
  );
  return { ca, ...(await lastValueFrom(certificate$)) };
}

const leafOf = (chainPem: string) => new X509Certificate(parsePemChain(chainPem)[0] as Uint8Array);

describe('with real keys', () => {
  it.each<CertificateKeyType>(['P-256', 'P-384', 'RSA-2048'])(
    'a session gets a real certificate for a key of type %s, whose chain holds',
    async (keyType) => {
      const identifiers = ['example.org', '*.example.org', '192.0.2.1'];
      const { certificate, key } = await issued({ roots: ['one', 'two'] }, { identifiers, keyType });
      const [leaf, intermediate] = parsePemChain(certificate.chainPem).map((der) => new X509Certificate(der));
      expect(leaf?.verify(intermediate?.publicKey as never)).toBe(true);
      expect(leaf?.subjectAltName).toBe('DNS:example.org, DNS:*.example.org, IP Address:192.0.2.1');
      expect(Buffer.from(key?.publicKey ?? [])).toEqual(leaf?.publicKey.export({ type: 'spki', format: 'der' }));
      expect(certificate.links.filter(({ relations }) => relations.includes('alternate'))).toHaveLength(1);
    },
  );

  it('the certificate is valid from now on by the CA’s clock, for as long as the options say', async () => {
    const now = Date.UTC(2031, 4, 5);
    const { certificate } = await issued({ clock: { now: () => now }, lifetimeMs: 3_600_000 });
    const { validFrom, validTo } = leafOf(certificate.chainPem);
    expect([Date.parse(validFrom), Date.parse(validTo)]).toEqual([now, now + 3_600_000]);
  });

  it('the certificate is valid when the order says', async () => {
    const at = Date.UTC(2031, 4, 5);
    const { post, at: url, prove } = accountClient(fakeCa({ clock: { now: () => at } }));
    const asked = { notBefore: '2031-05-06T00:00:00Z', notAfter: '2031-05-07T00:00:00Z' };
    const made = now(post(url('new-order'), { identifiers: [{ type: 'dns', value: 'a.test' }], ...asked })).json;
    prove(made);
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const csr = csrOf(await firstValueFrom(buildCertificateRequest(key, made.identifiers)));
    const { json } = await firstValueFrom(post(made.finalize, csr));
    const { validFrom, validTo } = leafOf(now(post(json.certificate)).text);
    expect([Date.parse(validFrom), Date.parse(validTo)]).toEqual([asked.notBefore, asked.notAfter].map(Date.parse));
  });

  it('issuing goes on where the client gives up while it waits for the answer', async () => {
    const { order, prove, post } = accountClient(fakeCa());
    const made = order('a.test');
    prove(made);
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const csr = csrOf(await firstValueFrom(buildCertificateRequest(key, [{ type: 'dns', value: 'a.test' }])));
    const finalizing = post(made.finalize, csr).subscribe();
    const status = () => now(post(made.url)).json.status as string;
    while (status() === 'ready') await new Promise((resolve) => setImmediate(resolve));
    expect(status()).toBe('processing');
    finalizing.unsubscribe();
    await expect.poll(status).toBe('valid');
  });

  it('one CA has one issuer for all its certificates, and another CA another', async () => {
    const first = await issued();
    const [second, other] = [await issued({}, {}, first.ca), await issued()];
    const issuers = [first, second, other].map(({ certificate }) => leafOf(certificate.chainPem).issuer);
    expect(issuers[0]).toBe(issuers[1]);
    expect(issuers[0]).not.toBe(issuers[2]);
  });

  it('what the CA is told to do goes for it too', async () => {
    const refusing = (ca: FakeCa) => {
      ca.failNext('finalize', { type: 'badCSR', detail: 'not this one' });
      return ca;
    };
    await expect(issued({}, {}, refusing(fakeCa({ badNonceEvery: 3 })))).rejects.toMatchObject({
      code: 'problem',
      problem: { detail: 'not this one' },
    });
    const caa = () => ({ type: 'caa', detail: 'CAA forbids it' });
    await expect(issued({ issuance: { outcome: caa } })).rejects.toMatchObject({ code: 'order' });
  });

  it('a request that is nested deeply is refused like any other that is none', async () => {
    const { order, prove, post } = accountClient(fakeCa());
    const made = order('a.test');
    prove(made);
    const depth = 12_000;
    const der = Uint8Array.from({ length: depth * 4 }, (_, at) => {
      const inner = (depth - Math.floor(at / 4) - 1) * 4;
      return [0x30, 0x82, inner >> 8, inner & 255][at % 4] ?? 0;
    });
    expect(outcome(await firstValueFrom(post(made.finalize, csrOf(der))))).toEqual([400, 'badCSR']);
  });

  it('a request with a wrong signature, or a weak key, is refused', async () => {
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const names = [{ type: 'dns', value: 'a.test' }];
    const der = await firstValueFrom(buildCertificateRequest(key, names));
    const wrong = Uint8Array.from(der, (octet, index) => (index === der.length - 1 ? octet ^ 1 : octet));
    const { order, prove, post } = accountClient(fakeCa());
    const made = order('a.test');
    prove(made);
    expect(outcome(await firstValueFrom(post(made.finalize, csrOf(wrong))))).toEqual([400, 'badCSR']);
    expect((await firstValueFrom(post(made.finalize, csrOf(der)))).json.status).toBe('valid');
  });
});
