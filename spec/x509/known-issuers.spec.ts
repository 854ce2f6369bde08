import { describe, expect, it } from 'vitest';
import { lastValueFrom } from 'rxjs';
import { certificateReader } from '../../lib/x509/default-x509.js';
import { readIssuer } from '../../lib/x509/known-issuers.js';
import { decodePem } from '../../lib/codec/pem.js';
import { makeServerCertificate } from '../support/server-certificate.js';

const chainOf = async () => {
  const { certificatePem, caPem } = await makeServerCertificate();
  return { leaf: certificatePem, issuer: caPem, issuerDer: decodePem(caPem, ['CERTIFICATE']) };
};
const read = (...pem: string[]) =>
  lastValueFrom(certificateReader.readChain(new TextEncoder().encode(pem.join('')), undefined));

describe('an issuer that was read before', () => {
  it('is not read again, and is told by its octets alone', async () => {
    const { issuerDer } = await chainOf();
    const first = readIssuer(issuerDer);
    expect(readIssuer(new Uint8Array(issuerDer))).toBe(first);
    expect(readIssuer((await chainOf()).issuerDer)).not.toBe(first);
  });

  it('is remembered by what it was, not by what the caller makes of it', async () => {
    const { issuerDer } = await chainOf();
    const copy = new Uint8Array(issuerDer);
    const first = readIssuer(copy);
    copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
    expect(readIssuer(issuerDer)).toBe(first);
    expect(readIssuer(copy)).not.toBe(first);
  });

  it('is forgotten after eight others', async () => {
    const { issuerDer } = await chainOf();
    const first = readIssuer(issuerDer);
    for (let other = 0; other < 8; other++) readIssuer((await chainOf()).issuerDer);
    expect(readIssuer(issuerDer)).not.toBe(first);
  });

  it('that cannot be read is an error each time', () => {
    for (let each = 0; each < 2; each++) expect(() => readIssuer(Uint8Array.of(0x30, 0))).toThrow();
  });

  it('verifies what it has signed, and nothing else, each time', async () => {
    const [one, other] = [await chainOf(), await chainOf()];
    for (let each = 0; each < 3; each++) {
      expect((await read(one.leaf, one.issuer)).chain).toHaveLength(2);
      await expect(read(one.leaf, other.issuer)).rejects.toThrow('is not signed by the one after it');
      await expect(read(other.leaf, one.issuer)).rejects.toThrow('is not signed by the one after it');
    }
  });

  it('gives each chain members of its own', async () => {
    const { leaf, issuer } = await chainOf();
    const [first, second] = [await read(leaf, issuer), await read(leaf, issuer)];
    expect(second.chain[1]).toEqual(first.chain[1]);
    expect(second.chain[1]).not.toBe(first.chain[1]);
  });
});
