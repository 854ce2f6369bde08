import { defer, type Observable } from 'rxjs';
import { type CertificateKeyType, certificateKeyTypes } from '../model/key-type.js';
import type { CertificateKey } from '../model/ports.js';

/** A key comes before a request, which needs pkijs too, so that they are loaded together. */
const loadPki = () => import('./pki.js');

/**
 * Makes the key of a new certificate with WebCrypto.
 *
 * Emits once: the key; then completes. Cold: each subscription makes another key. Errors: none on a platform with
 * WebCrypto. Cost: no request; pkijs is loaded; RSA takes from 0.1 s to some seconds. Throws `TypeError` on another type of key.
 *
 * @see RFC 8555 §7.4
 */
export function generateCertificateKey(keyType: CertificateKeyType): Observable<CertificateKey> {
  if (!certificateKeyTypes.includes(keyType)) {
    throw new TypeError(`certificate key: type "${keyType}" is not one of ${certificateKeyTypes.join(', ')}`);
  }
  return defer(async () => (await loadPki()).generated(keyType));
}

/**
 * Takes the key of a certificate from storage: PKCS#8 PEM, of EC P-256, EC P-384 or RSA.
 *
 * Emits once: the key; then completes. Errors: {@link AcmeInputError} where the text is not such a key; the message
 * names what was found, and how to convert it, and never shows the key. Cost: no request; pkijs is loaded.
 *
 * @see RFC 5958 §2, RFC 7468 §10
 */
export const importCertificateKey = (pem: string): Observable<CertificateKey> =>
  defer(async () => (await loadPki()).imported(pem));
