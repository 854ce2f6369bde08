import fc from 'fast-check';
import { firstValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodePem } from '../../lib/codec/pem.js';
import { encodeUtf8 } from '../../lib/codec/utf8.js';
import type { CertificateDetails } from '../../lib/model/certificate.js';
import { AcmeProtocolError } from '../../lib/model/errors/protocol-error.js';
import type { Identifier } from '../../lib/model/identifier.js';
import type { ExpectedLeaf } from '../../lib/model/ports.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { buildCertificateRequest, certificateReader } from '../../lib/x509/default-x509.js';
import { covers } from '../support/covers.js';
import { makeTestCa, type TestCa, toChainPem } from '../support/x509.js';

const identifiers: readonly Identifier[] = [{ type: 'dns', value: 'example.com' }];

describe('a chain from a server that means no good', () => {
  covers('certificate');

  let root: TestCa;
  let ca: TestCa;
  let csr: Uint8Array;
  let leaf: Uint8Array;
  let expected: ExpectedLeaf;

  beforeAll(async () => {
    root = await makeTestCa({ name: 'Root' });
    ca = await root.intermediate({ name: 'Intermediate' });
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    csr = await firstValueFrom(buildCertificateRequest(key, identifiers));
    leaf = await ca.issue(csr);
    expected = { publicKey: key.publicKey, identifiers };
  });

  const read = async (pem: string | Uint8Array): Promise<readonly CertificateDetails[]> => {
    const bytes = typeof pem === 'string' ? encodeUtf8(pem) : pem;
    return (await firstValueFrom(certificateReader.readChain(bytes, expected))).chain;
  };

  /** Why it is refused: always by the one error, which has the bytes. */
  const refusal = async (pem: string | Uint8Array): Promise<string> => {
    const error: unknown = await read(pem).then(
      () => new Error('it was read'),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AcmeProtocolError);
    expect((error as AcmeProtocolError).body).toBeInstanceOf(Uint8Array);
    return (error as AcmeProtocolError).message;
  };

  it.each([
    ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'],
    ['9999-12-31T23:59:59Z', '0001-01-01T00:00:00Z'],
    ['1949-12-31T23:59:59Z', '1950-01-01T00:00:00Z'],
  ])('is read whatever its validity says: from %s to %s', async (notBefore, notAfter) => {
    const notBeforeAt = new Date(notBefore);
    const notAfterAt = new Date(notAfter);
    const der = await ca.issue(csr, { notBeforeAt, notAfterAt });
    expect((await read(toChainPem([der, ...ca.chain])))[0]).toMatchObject({ notBeforeAt, notAfterAt });
  });

  it('is refused out of order, with a certificate left out, or with one from elsewhere', async () => {
    const elsewhere = await makeTestCa({ name: 'Intermediate' });
    expect(await refusal(toChainPem([leaf, root.certificate, ca.certificate]))).toMatch(
      /certificate 1 of 3, .*not signed/,
    );
    expect(await refusal(toChainPem([leaf, root.certificate]))).toMatch(/certificate 1 of 2, .*not signed/);
    expect(await refusal(toChainPem([leaf, elsewhere.certificate]))).toMatch(/certificate 1 of 2, .*not signed/);
    expect(await refusal(toChainPem([...ca.chain, leaf]))).toMatch(/another key than was asked for/);
  });

  it('is refused with the leaf of somebody else, be it for the same names', async () => {
    const other = await firstValueFrom(generateCertificateKey('P-256'));
    const foreign = await ca.issue(await firstValueFrom(buildCertificateRequest(other, identifiers)));
    expect(await refusal(toChainPem([foreign, ...ca.chain]))).toMatch(
      /another key than was asked for: do not install it/,
    );
    expect(await refusal(toChainPem([leaf, foreign, ...ca.chain]))).toMatch(/certificate 1 of 4, .*not signed/);
  });

  it('is refused with the leaf twice: it did not sign itself', async () => {
    expect(await refusal(toChainPem([leaf, leaf, ...ca.chain]))).toMatch(/certificate 1 of 4, .*not signed/);
  });

  it.each<[string, (pem: string) => string, RegExp]>([
    [
      'a private key behind it',
      (pem) => pem + encodePem('PRIVATE KEY', Uint8Array.of(1)),
      /another type than CERTIFICATE/,
    ],
    ['a private key in front', (pem) => encodePem('EC PRIVATE KEY', Uint8Array.of(1)) + pem, /another type than/],
    [
      'a private key within a block',
      (pem) => pem.replace('\n-----END', `\n${encodePem('PRIVATE KEY', Uint8Array.of(1))}-----END`),
      /not base64/,
    ],
    ['explanations as openssl writes them', (pem) => `subject=CN = x\nissuer=CN = y\n${pem}`, /text outside/],
    ['NUL at its end', (pem) => `${pem}\0`, /text outside/],
    ['NUL within', (pem) => pem.replace('\n', '\n\0'), /not base64/],
    ['a page in its place', () => '<!doctype html><title>Sorry</title>', /text outside/],
  ])('is refused with %s, and the message repeats none of it', async (_what, change, message) => {
    const text = await refusal(change(toChainPem([leaf, ...ca.chain])));
    expect(text).toMatch(message);
    expect(text).not.toMatch(/subject=|doctype|\0/);
  });

  it('is refused where it is not UTF-8', async () => {
    expect(await refusal(Uint8Array.of(0xff, 0xfe, 0x2d))).toMatch(/not UTF-8/);
  });

  it('is read with CRLF, and without an end of its last line', async () => {
    const pem = toChainPem([leaf, ...ca.chain]);
    expect(await read(pem.replaceAll('\n', '\r\n'))).toHaveLength(3);
    expect(await read(pem.trimEnd())).toHaveLength(3);
  });

  it('is read with 100 certificates, and refused with more before a signature is looked at', async () => {
    const selfSigned = (count: number) => new Array<Uint8Array>(count).fill(root.certificate);
    expect(await read(toChainPem([leaf, ca.certificate, ...selfSigned(98)]))).toHaveLength(100);
    expect(await refusal(toChainPem([leaf, ca.certificate, ...selfSigned(99)]))).toMatch(
      /101 certificates, more than 100/,
    );
  });

  it.each<[string, () => string]>([
    ['of thousands of certificates', () => toChainPem(new Array<Uint8Array>(2_000).fill(leaf))],
    ['in one block', () => encodePem('CERTIFICATE', new Uint8Array(750_000).fill(0x30))],
    ['of dashes', () => '-----BEGIN CERTIFICATE-----\n'.repeat(35_000)],
    ['of blank lines', () => '\n'.repeat(1_000_000)],
    ['in one line', () => 'A'.repeat(1_000_000)],
  ])('is refused with a megabyte %s', async (_what, make) => {
    expect((await refusal(make())).length).toBeLessThan(500);
  });

  it('is refused with any octet changed that no signature covers', async () => {
    const toBeSigned = 4 + 3 + (leaf[6] as number);
    expect([leaf[4], leaf[5]]).toEqual([0x30, 0x81]);
    const places = [0, 1, 2, 3, ...Array.from({ length: leaf.length - toBeSigned }, (_, index) => toBeSigned + index)];
    for (const at of places) {
      for (const bit of [0x01, 0x08, 0x20, 0x80]) {
        const changed = leaf.slice();
        changed[at] = (changed[at] as number) ^ bit;
        await refusal(toChainPem([changed, ...ca.chain]));
      }
    }
  });

  it('is read or refused, and nothing else, with octets of its certificates changed', async () => {
    const change = fc.record({ certificate: fc.nat(2), at: fc.nat(3_000), octet: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const ders = [leaf, ...ca.chain].map((each) => each.slice());
        for (const { certificate, at, octet } of changes) {
          const der = ders[certificate] as Uint8Array;
          der[at % der.length] = octet;
        }
        // What is changed to what it was, or back again, is not changed.
        const changed = [leaf, ...ca.chain].flatMap((each, index) =>
          Buffer.compare(each, ders[index] as Uint8Array) === 0 ? [] : index,
        );
        if (changed.length === 0) expect(await read(toChainPem(ders))).toHaveLength(3);
        // Only the root's own signature is not verified: who trusts it has it.
        else if (changed.every((index) => index === 2))
          await read(toChainPem(ders)).catch(() => refusal(toChainPem(ders)));
        else await refusal(toChainPem(ders));
      }),
      { numRuns: 200 },
    );
  });
});
