import { defer, map, type Observable } from 'rxjs';
import { encodeBase64url } from '../codec/base64url.js';
import { encodeUtf8 } from '../codec/utf8.js';
import type { AcmeDigest } from '../model/ports.js';
import { webCryptoDigest } from './thumbprint.js';

/**
 * What is published of a key authorization by `dns-01`, `tls-alpn-01` and those that came after them.
 *
 * Emits once: base64url SHA-256; then completes. Errors with what `digest` errors with. Cost: one digest, no request.
 *
 * @param digest Default: SHA-256 by WebCrypto.
 * @see RFC 8555 §8.4, RFC 8737 §3
 */
export const keyAuthorizationDigest = (
  keyAuthorization: string,
  digest: AcmeDigest = webCryptoDigest,
): Observable<string> => defer(() => digest(encodeUtf8(keyAuthorization))).pipe(map(encodeBase64url));
