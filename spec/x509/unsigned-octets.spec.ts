import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { derTag, derValue } from '../../lib/codec/der.js';
import { decodePem } from '../../lib/codec/pem.js';
import { parseDer } from '../../lib/x509/asn1.js';
import { checkUnsignedOctets } from '../../lib/x509/unsigned-octets.js';
import { makeTestCa } from '../support/x509.js';

const check = (der: Uint8Array) => {
  checkUnsignedOctets(der, parseDer(der));
};
const oid = (last: number) => derValue(derTag.sequence, Uint8Array.of(6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, last));
/** As much of a certificate as is looked at. */
const made = (inner: Uint8Array, outer: Uint8Array, ...more: Uint8Array[]) =>
  derValue(derTag.sequence, derValue(derTag.sequence, Uint8Array.of(2, 1, 1), inner), outer, ...more);
const bits = (...octets: number[]) => derValue(0x03, Uint8Array.from(octets));

describe('what stands outside of a certificate’s signature', () => {
  it('is as it has to be in every certificate that Node trusts, and in a new one', async () => {
    for (const pem of rootCertificates) check(decodePem(pem, ['CERTIFICATE']));
    check((await makeTestCa({ name: 'Root' })).certificate);
    check(made(oid(2), oid(2), bits(0, 1)));
  });

  it.each([
    ['another algorithm than the signed part names', made(oid(2), oid(3), bits(0, 1)), /another algorithm/],
    [
      'parameters that the signed part does not name',
      made(oid(2), derValue(0x30, oid(2), Uint8Array.of(5, 0)), bits(0, 1)),
      /another algorithm/,
    ],
    ['bits that are not used', made(oid(2), oid(2), bits(1, 0)), /not DER/],
    ['a signature of another type', made(oid(2), oid(2), derValue(0x04, Uint8Array.of(0, 1))), /not DER/],
    ['something behind the signature', made(oid(2), oid(2), bits(0, 1), bits(0)), /not DER/],
    ['no signature', made(oid(2), oid(2)), /missing/],
  ])('is refused with %s', (_what, der, message) => {
    expect(() => {
      check(der);
    }).toThrow(message);
  });
});
