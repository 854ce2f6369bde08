import { defer, type Observable } from 'rxjs';
import { type CertificateKeyType, certificateKeyTypes } from '../model/key-type.js';
import type { CertificateKey } from '../model/ports.js';

/** A key comes before a request, which needs pkijs too, so that they are loaded together. */
const loadPki = () => import('./pki.js');

/**
 * Makes the key of a new certificate with WebCrypto. Public authorities take P-256, P-384 and RSA; few take Ed25519.
 *
 * Emits once: the key; then completes. Cold: each subscription makes another key. Errors: {@link AcmeUnsupportedError}
 * on a platform that makes no such keys, as some browsers with Ed25519. Cost: no request; pkijs is loaded; RSA takes
 * from 0.1 s to some seconds. Throws `TypeError` on another type of key.
 *
 * @see RFC 8555 §7.4, RFC 8410 §3
 */
export function generateCertificateKey(keyType: CertificateKeyType): Observable<CertificateKey> {
  if (!certificateKeyTypes.includes(keyType)) {
    throw new TypeError(`certificate key: type "${keyType}" is not one of ${certificateKeyTypes.join(', ')}`);
  }
  return defer(async () => (await loadPki()).generated(keyType));
}

/**
 * Takes the key of a certificate from storage: PKCS#8 PEM, of EC P-256, EC P-384, RSA or Ed25519. Signs once with it and
 * verifies that, so that a damaged key is found here and not by a server.
 *
 * Emits once: the key; then completes. Errors: {@link AcmeInputError} where the text is not such a key, or a damaged
 * one; the message names what was found, and how to convert it, and never shows the key. Cost: one signature, no
 * request; pkijs is loaded.
 *
 * @param pem Other forms are converted by `toPkcs8Pem` of `rxacme/node`.
 * @see RFC 5958 §2, RFC 7468 §10
 */
export const importCertificateKey = (pem: string): Observable<CertificateKey> =>
  defer(async () => (await loadPki()).imported(pem));
