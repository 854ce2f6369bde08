import { decodeBase64url } from '../codec/base64url.js';
import type { PublicJwk } from '../model/ports.js';

/**
 * Whether a DER SubjectPublicKeyInfo holds the key of a JWK: a certificate must not be asked for the account key.
 * Of a point its `x` counts, which its negative has too. `false` for key types other than EC, RSA, OKP.
 *
 * @see RFC 8555 §11.1
 */
export function isSameKey(spki: Uint8Array, jwk: PublicJwk): boolean {
  const value = decodeBase64url((jwk.kty === 'RSA' ? jwk.n : jwk.x) ?? '');
  const isKnown = ['EC', 'OKP', 'RSA'].includes(jwk.kty) && value.length > 0;
  return isKnown && `,${spki.join()},`.includes(`,${value.join()},`);
}

/**
 * Whether bytes look like a DER structure: one SEQUENCE, and its length is that of the rest. Cheap; PEM text and cut
 * off or followed data fail it.
 *
 * @see RFC 8555 §7.4
 */
export function looksLikeDer(bytes: Uint8Array): boolean {
  const [tag, first = 0x80] = bytes;
  if (tag !== 0x30) return false;
  if (first < 0x80) return bytes.length === 2 + first;
  const lengthOctets = bytes.subarray(2, 2 + (first & 0x7f));
  const length = lengthOctets.reduce((sum, octet) => sum * 256 + octet, 0);
  return length > 0x7f && lengthOctets[0] !== 0 && bytes.length === 2 + lengthOctets.length + length;
}
