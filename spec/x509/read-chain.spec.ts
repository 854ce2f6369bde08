import { defer } from 'rxjs';
import { readChain } from '../../lib/x509/read-chain.js';
import { X509Certificate } from 'node:crypto';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { buildCertificateRequest } from '../../lib/x509/default-x509.js';
import { makeTestCa, type TestCa, type TestCaAlgorithm, toChainPem } from '../support/x509.js';
import { openssl } from './openssl.js';
import { exampleCertificate } from './vector-rfc9773.js';

const chainOf = (ders: readonly Uint8Array[]) => defer(() => readChain(ders));

async function verified(...ders: readonly Uint8Array[]): Promise<readonly boolean[]> {
  const { links } = await firstValueFrom(chainOf(ders));
  return links.map(({ verifiedByNext }) => verifiedByNext);
}

describe('readChain', () => {
  let root: TestCa;
  let intermediate: TestCa;
  let csr: Uint8Array;
  let leaf: Uint8Array;

  beforeAll(async () => {
    root = await makeTestCa({ name: 'Chain Root' });
    intermediate = await root.intermediate({ name: 'Chain Intermediate' });
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    csr = await firstValueFrom(buildCertificateRequest(key, [{ type: 'dns', value: 'example.com' }]));
    leaf = await intermediate.issue(csr);
  });

  it('emits the certificates in the order given, once', async () => {
    const emissions = await lastValueFrom(chainOf([leaf, ...intermediate.chain]).pipe(toArray()));
    expect(emissions.map(({ links }) => links.map(({ issuer, verifiedByNext }) => [issuer, verifiedByNext]))).toEqual([
      [
        ['CN=Chain Intermediate', true],
        ['CN=Chain Root', true],
        ['CN=Chain Root', true],
      ],
    ]);
    expect(await firstValueFrom(chainOf([]))).toEqual({ links: [] });
  });

  it('agrees with openssl and node:crypto that a chain is sound', async () => {
    expect(await verified(leaf, ...intermediate.chain)).toEqual([true, true, true]);
    expect(new X509Certificate(leaf).verify(new X509Certificate(intermediate.certificate).publicKey)).toBe(true);
    const files = {
      leaf: toChainPem([leaf]),
      between: toChainPem([intermediate.certificate]),
      root: toChainPem([root.certificate]),
    };
    expect(
      await openssl(['verify', '-x509_strict', '-CAfile', '@root', '-untrusted', '@between', '@leaf'], files),
    ).toContain('OK');
  });

  it.each(['P-256', 'P-384', 'P-521', 'RSA', 'RSA-PSS', 'Ed25519'] satisfies TestCaAlgorithm[])(
    'verifies signatures by %s',
    async (algorithm) => {
      const [ca, other] = [await makeTestCa({ algorithm }), await makeTestCa({ algorithm })];
      const issued = await ca.issue(csr);
      expect(await verified(issued, ca.certificate)).toEqual([true, true]);
      expect(await verified(issued, other.certificate)).toEqual([false, true]);
      expect(new X509Certificate(issued).verify(new X509Certificate(ca.certificate).publicKey)).toBe(true);
    },
  );

  it.each(['rsa_padding_mode:pss', 'rsa_padding_mode:pkcs1'])(
    'verifies signatures by openssl with SHA-384 and %s',
    async (padding) => {
      const self = [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        '@key',
        '-subj',
        '/CN=self',
        '-sha384',
        '-sigopt',
        padding,
      ];
      const pem = /-----BEGIN CERT[^]*END CERTIFICATE-----\n/.exec(await openssl(self))?.[0] ?? '';
      const der = new Uint8Array(new X509Certificate(pem).raw);
      expect(await verified(der, der)).toEqual([true, true]);
    },
  );

  it('finds out an intermediate that was swapped for one of the same name with another key', async () => {
    const impostor = await root.intermediate({ name: 'Chain Intermediate' });
    expect(await verified(leaf, impostor.certificate, root.certificate)).toEqual([false, true, true]);
  });

  it('asks for the name too: the same key under another name does not do', async () => {
    const publicKey = new Uint8Array(
      new X509Certificate(intermediate.certificate).publicKey.export({ type: 'spki', format: 'der' }),
    );
    const renamed = await root.issue(csr, { publicKey });
    expect(await verified(leaf, renamed)).toEqual([false, true]);
  });

  it('finds out certificates in the wrong order, and one that is missing', async () => {
    expect(await verified(root.certificate, intermediate.certificate, leaf)).toEqual([false, false, true]);
    expect(await verified(leaf, root.certificate)).toEqual([false, true]);
  });

  it('does not take a changed certificate for a signed one', async () => {
    const changed = leaf.slice();
    const at = Buffer.from(leaf).indexOf('example.com');
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(await verified(changed, intermediate.certificate)).toEqual([false, true]);
  });

  it('reads a certificate whose signature algorithm it does not know, unverified', async () => {
    const oid = Buffer.from('06082a8648ce3d040302', 'hex'); // ecdsa-with-SHA256, twice in a certificate
    const unknown = Buffer.from(leaf);
    for (let at = unknown.indexOf(oid); at !== -1; at = unknown.indexOf(oid)) unknown[at + 9] = 0x7f;
    expect(await verified(new Uint8Array(unknown), intermediate.certificate)).toEqual([false, true]);
  });

  it.each([
    ['garbage', () => Uint8Array.of(1, 2, 3)],
    ['nothing', () => new Uint8Array()],
    ['PEM text', () => new TextEncoder().encode(toChainPem([exampleCertificate]))],
    ['a request', () => csr],
    ['a certificate that is cut off', () => exampleCertificate.subarray(0, -1)],
    ['bytes after the certificate', () => Uint8Array.of(...exampleCertificate, 0)],
  ])('errors with AcmeProtocolError on %s', async (_what, der) => {
    const error = await firstValueFrom(chainOf([leaf, der()])).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect(error).toMatchObject({ message: expect.stringContaining('certificate 2 of 2') as unknown, body: der() });
  });
});
