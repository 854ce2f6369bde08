import { defer, map, type Observable } from 'rxjs';
import { encodeBase64url } from '../codec/base64url.js';
import { encodeUtf8 } from '../codec/utf8.js';
import type { AcmeDigest, PublicJwk } from '../model/ports.js';
import { publicMembers } from '../codec/public-members.js';

/**
 * The thumbprint of a public key. Members beyond the key's own change nothing.
 *
 * Emits once: base64url SHA-256; then completes. Errors with what `digest` errors with. Cost: one digest, no request.
 * Throws `TypeError` on a key that is not EC, OKP or RSA.
 *
 * @see RFC 7638 §3, RFC 8555 §8.1
 */
export function jwkThumbprint(jwk: PublicJwk, digest: AcmeDigest = webCryptoDigest): Observable<string> {
  const input = encodeUtf8(JSON.stringify(publicMembers(jwk)));
  return defer(() => digest(input)).pipe(map(encodeBase64url));
}

/** SHA-256 by WebCrypto. */
export const webCryptoDigest: AcmeDigest = async (data) =>
  new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>));
