import type { JWK } from 'jose';
import { defer, type Observable } from 'rxjs';
import type { AcmeSigner } from '../model/ports.js';
import { type ExportableSigner, type GeneratedAlgorithm, generatedAlgorithms } from './exportable-signer.js';

/** The module system loads it once, when the first key is made or imported. */
const loadKeys = () => import('./jose-keys.js');

/**
 * Makes a new account key: P-256 for `ES256`, P-384 for `ES384`, P-521 for `ES512`, RSA 2048 for `RS256`, Ed25519 for
 * `EdDSA`. Every server takes `ES256`; Let's Encrypt and Pebble refuse `EdDSA` with `badSignatureAlgorithm`.
 *
 * Emits once: the signer; then completes. Cold: each subscription makes another key, so keep what it emits. Errors:
 * {@link AcmeUnsupportedError} on a platform that makes no such keys, as some browsers with P-521 and Ed25519. Cost:
 * no request; jose is loaded. Throws `TypeError` on another algorithm.
 *
 * @example
 * ```ts
 * const pem$ = generateSigner('ES384').pipe(concatMap((signer) => signer.exportPem()));
 * ```
 *
 * @see RFC 8555 §6.2, RFC 7518 §3.1, RFC 8037 §3.1
 */
export function generateSigner(alg: GeneratedAlgorithm = 'ES256'): Observable<ExportableSigner> {
  if (!generatedAlgorithms.includes(alg)) {
    throw new TypeError(`generateSigner: algorithm "${alg as string}" is not one of ${generatedAlgorithms.join(', ')}`);
  }
  return defer(async () => (await loadKeys()).generated(alg));
}

/**
 * Takes an account key from storage: PKCS#8 PEM, or a private JWK, of P-256, P-384, P-521, RSA from 2048 bits on, or
 * Ed25519. Signs once with it and verifies that, so that a damaged key is found here and not by a server.
 *
 * Emits once: the signer, its private key no longer extractable; then completes. Errors: {@link AcmeInputError} where
 * the text is not such a key, or a damaged one; the message never shows it. Cost: one signature, no request; jose is
 * loaded. Throws `TypeError` where `key` is neither text nor an object.
 *
 * @param key Other forms of PEM are converted by `toPkcs8Pem` of `rxacme/node`.
 * @param alg What the key must be for. Default: a JWK's own, or the one that fits.
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
