import type { JWK } from 'jose';
import { defer, type Observable } from 'rxjs';
import type { AcmeSigner } from '../model/ports.js';
import { type ExportableSigner, type GeneratedAlgorithm, generatedAlgorithms } from './exportable-signer.js';

/** The module system loads it once, when the first key is made or imported. */
const loadKeys = () => import('./jose-keys.js');

/**
 * Makes a new account key: P-256 for `ES256`, RSA 2048 for `RS256`.
 *
 * Emits once: the signer; then completes. Cold: each subscription makes another key, so keep what it emits. Errors:
 * none on a platform with WebCrypto. Cost: no request; jose is loaded. Throws `TypeError` on another algorithm.
 *
 * @see RFC 8555 §6.2, RFC 7518 §3.1
 */
export function generateSigner(alg: GeneratedAlgorithm = 'ES256'): Observable<ExportableSigner> {
  if (!generatedAlgorithms.includes(alg)) {
    throw new TypeError(`generateSigner: algorithm "${alg}" is not one of ${generatedAlgorithms.join(', ')}`);
  }
  return defer(async () => (await loadKeys()).generated(alg));
}

/**
 * Takes an account key from storage: PKCS#8 PEM, or a private JWK of type EC P-256 or RSA.
 *
 * Emits once: the signer, its private key no longer extractable; then completes. Errors: {@link AcmeInputError} where
 * the text is not such a key; the message never shows it. Cost: no request; jose is loaded. Throws `TypeError` where
 * `key` is neither text nor an object.
 *
 * @param alg For PEM: `ES256` or `RS256`, according to the key. Default: the JWK's own, or the one that fits it.
 * @see RFC 8555 §6.2, RFC 7517, RFC 5958
 */
export function importSigner(key: string | JWK, alg?: GeneratedAlgorithm): Observable<AcmeSigner> {
  if (typeof key !== 'string' && (typeof key !== 'object' || (key as unknown) === null)) {
    throw new TypeError('importSigner: the key must be PEM text or a JWK');
  }
  return defer(async () => {
    const { fromJwk, fromPem } = await loadKeys();
    return typeof key === 'string' ? fromPem(key, alg) : fromJwk(key, alg);
  });
}
