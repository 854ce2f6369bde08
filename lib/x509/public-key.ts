import { decodeBase64url } from '../codec/base64url.js';
import type { PublicJwk } from '../model/ports.js';

/**
 * Whether a DER SubjectPublicKeyInfo holds the key of a JWK: a certificate must not be asked for the account key.
 * A compressed point, which may be the same key or its negative, counts. `false` for key types other than EC, RSA, OKP.
 *
 * @see RFC 8555 §11.1
 */
export function isSameKey(spki: Uint8Array, jwk: PublicJwk): boolean {
  const octets = `,${spki.join()}`;
  const [n = '', x = '', y = ''] = [jwk.n, jwk.x, jwk.y].map((member) => decodeBase64url(member ?? '').join());
  switch (jwk.kty) {
    case 'RSA':
      return n !== '' && octets.includes(`,${n},`);
    case 'EC':
      return x !== '' && [`,4,${x},${y}`, `,2,${x}`, `,3,${x}`].some((point) => octets.endsWith(point));
    case 'OKP':
      return x !== '' && octets.endsWith(`,${x}`);
    default:
      return false;
  }
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
