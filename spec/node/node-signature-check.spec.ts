import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { checkSignatureByNode } from '../../lib/node/node-signature-check.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { buildCertificateRequest } from '../../lib/x509/default-x509.js';
import { readChain } from '../../lib/x509/read-chain.js';
import type { SignedOctets } from '../../lib/x509/signature-check.js';
import { makeTestCa, type TestCaAlgorithm } from '../support/x509.js';

async function chainBy(algorithm: TestCaAlgorithm) {
  const ca = await makeTestCa({ name: 'Checked Root', algorithm });
  const key = await firstValueFrom(generateCertificateKey('P-256'));
  const csr = await firstValueFrom(buildCertificateRequest(key, [{ type: 'dns', value: 'example.com' }]));
  return [await ca.issue(csr), ca.certificate] as const;
}

/** What is checked in a chain, and what WebCrypto says of it. */
async function askedOf(ders: readonly Uint8Array[]): Promise<readonly [SignedOctets, boolean]> {
  const asked: SignedOctets[] = [];
  const { links } = await readChain(ders, (signed) => (asked.push(signed), undefined));
  const [first] = asked;
  if (first === undefined) throw new Error('nothing was asked');
  return [first, links[0]?.verifiedByNext === true];
}

describe('checkSignatureByNode', () => {
  it.each(['P-256', 'P-384', 'P-521', 'RSA'] satisfies TestCaAlgorithm[])(
    '%s: says what WebCrypto says',
    async (algorithm) => {
      const [signed, isRight] = await askedOf(await chainBy(algorithm));
      expect([isRight, checkSignatureByNode(signed)]).toEqual([true, true]);
      const changed = new Uint8Array(signed.signed);
      changed[changed.length >> 1] = (changed[changed.length >> 1] ?? 0) ^ 1;
      expect(checkSignatureByNode({ ...signed, signed: changed })).toBe(false);
    },
  );

  it.each(['RSA-PSS', 'Ed25519'] satisfies TestCaAlgorithm[])('%s: leaves it to WebCrypto', async (algorithm) => {
    const chain = await chainBy(algorithm);
    const [signed] = await askedOf(chain);
    expect(checkSignatureByNode(signed)).toBeUndefined();
    const { links } = await readChain(chain, checkSignatureByNode);
    expect(links.map(({ verifiedByNext }) => verifiedByNext)).toEqual([true, true]);
  });

  it('takes no signature of an algorithm that is not for the key', async () => {
    const [[byEc], [byRsa]] = [await askedOf(await chainBy('P-256')), await askedOf(await chainBy('RSA'))];
    expect(checkSignatureByNode({ ...byEc, algorithm: byRsa.algorithm })).toBe(false);
    expect(checkSignatureByNode({ ...byRsa, algorithm: byEc.algorithm })).toBe(false);
  });

  it('a key that is none verifies nothing', async () => {
    const [leaf, issuer] = await chainBy('P-256');
    const [signed] = await askedOf([leaf, issuer]);
    expect(() => checkSignatureByNode({ ...signed, issuerKey: Uint8Array.of(0x30, 0) })).toThrow();
  });
});
