import { BitString, OctetString } from 'asn1js';
import { AuthorityKeyIdentifier, BasicConstraints, ExtKeyUsage, Extension } from 'pkijs';
import type { Identifier } from '../../model/identifier.js';
import { alternativeNames, subjectAlternativeName } from '../../x509/alternative-names.js';
import { publicKeyAlgorithm } from '../../x509/key-algorithm.js';

const serverAuthentication = '1.3.6.1.5.5.7.3.1';

/** The extensions of a root, or of an intermediate that certifies servers only. */
export const authorityExtensions = (own: Uint8Array, issuer?: Uint8Array): readonly Extension[] => [
  extension(
    '2.5.29.19',
    true,
    new BasicConstraints(issuer ? { cA: true, pathLenConstraint: 0 } : { cA: true }).toSchema(),
  ),
  keyUsage(0x86, 1), // digitalSignature, keyCertSign, cRLSign
  ...(issuer === undefined ? [] : [extendedKeyUsage(), issuerKey(issuer)]),
  ownKey(own),
];

/** The extensions of a server's certificate without a subject. */
export const serverExtensions = (
  publicKey: Uint8Array,
  own: Uint8Array,
  issuer: Uint8Array,
  identifiers: readonly Identifier[],
): readonly Extension[] => [
  publicKeyAlgorithm(publicKey) === 'RSA' ? keyUsage(0xa0, 5) : keyUsage(0x80, 7), // digitalSignature, RSA: keyEncipherment
  extendedKeyUsage(),
  extension('2.5.29.19', true, new BasicConstraints({ cA: false }).toSchema()),
  ownKey(own),
  issuerKey(issuer),
  ...(identifiers.length === 0
    ? []
    : [extension(subjectAlternativeName, true, alternativeNames(identifiers).toSchema())]),
];

/**
 * The identifier of a public key: 20 octets of the SHA-256 of its bits.
 *
 * @see RFC 7093 §2
 */
export async function keyIdentifier(keyBits: Uint8Array): Promise<Uint8Array> {
  const digest = await globalThis.crypto.subtle.digest('SHA-256', new Uint8Array(keyBits));
  return new Uint8Array(digest, 0, 20);
}

const keyUsage = (bits: number, unusedBits: number): Extension =>
  extension('2.5.29.15', true, new BitString({ valueHex: Uint8Array.of(bits), unusedBits }));

const extendedKeyUsage = (): Extension =>
  extension('2.5.29.37', false, new ExtKeyUsage({ keyPurposes: [serverAuthentication] }).toSchema());

const ownKey = (identifier: Uint8Array): Extension =>
  extension('2.5.29.14', false, new OctetString({ valueHex: identifier }));

const issuerKey = (identifier: Uint8Array): Extension =>
  extension(
    '2.5.29.35',
    false,
    new AuthorityKeyIdentifier({ keyIdentifier: new OctetString({ valueHex: identifier }) }).toSchema(),
  );

const extension = (extnID: string, critical: boolean, content: { toBER(): ArrayBuffer }): Extension =>
  new Extension({ extnID, critical, extnValue: content.toBER() });
