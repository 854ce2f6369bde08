import { derContent, derTag } from '../codec/der.js';
import { encodeHex } from '../codec/hex.js';

/** The kinds of key that a request can be signed with. */
export type KeyAlgorithm = 'P-256' | 'P-384' | 'RSA' | 'Ed25519';

/** Each as its whole AlgorithmIdentifier, which has one DER form. */
const identifiers: readonly (readonly [KeyAlgorithm, string])[] = [
  ['P-256', '301306072a8648ce3d020106082a8648ce3d030107'],
  ['P-384', '301006072a8648ce3d020106052b81040022'],
  ['RSA', '300d06092a864886f70d0101010500'],
  ['Ed25519', '300506032b6570'],
];

/**
 * The algorithm of a DER SubjectPublicKeyInfo.
 *
 * @see RFC 5480 §2.1.1, RFC 3279 §2.3.1, RFC 8410 §3
 */
export const publicKeyAlgorithm = (spki: Uint8Array): KeyAlgorithm | undefined => algorithmAt(spki, '');

/**
 * The algorithm of a DER PKCS#8 private key.
 *
 * @see RFC 5958 §2
 */
export const privateKeyAlgorithm = (pkcs8: Uint8Array): KeyAlgorithm | undefined =>
  algorithmAt(pkcs8, '020100') ?? algorithmAt(pkcs8, '020101');

function algorithmAt(der: Uint8Array, before: string): KeyAlgorithm | undefined {
  const content = encodeHex(derContent(der).subarray(0, 32));
  return der[0] === derTag.sequence
    ? identifiers.find(([, identifier]) => content.startsWith(before + identifier))?.[0]
    : undefined;
}
