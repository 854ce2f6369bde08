import { decodeBase64url } from '../codec/base64url.js';
import { encodeHex } from '../codec/hex.js';

/**
 * An account key's thumbprint in the form that authority tokens have it: `SHA256` and pairs of hexadecimal digits.
 * Throws `TypeError` where it is no base64url.
 *
 * @param thumbprint Such as `jwkThumbprint` emits.
 * @see RFC 9447 §4
 */
export const authorityTokenFingerprint = (thumbprint: string): string =>
  `SHA256 ${(encodeHex(decodeBase64url(thumbprint)).toUpperCase().match(/../g) ?? []).join(':')}`;
