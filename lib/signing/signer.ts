import { type CryptoKey, exportJWK, exportPKCS8, generateKeyPair, importJWK, importPKCS8, type JWK } from 'jose';
import { defer, type Observable } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { AcmeSigner } from '../model/ports.js';
import { signingAlgorithm } from './algorithms.js';
import { publicMembers } from './public-members.js';

/** A signer whose private key can be saved. */
export interface ExportableSigner extends AcmeSigner {
  /** Emits the private key as PKCS#8 PEM, once, and completes. Keep it secret: it is the account. */
  exportPem(): Observable<string>;
}

/** The algorithms that account keys are generated for. */
export type GeneratedAlgorithm = 'ES256' | 'RS256';

/**
 * Makes a new account key: P-256 for `ES256`, RSA 2048 for `RS256`.
 *
 * Emits once: the signer; then completes. Cold: each subscription makes another key, so keep what it emits. Errors:
 * none on a platform with WebCrypto. Cost: no request. Throws `TypeError` on another algorithm.
 *
 * @see RFC 8555 §6.2, RFC 7518 §3.1
 */
export function generateSigner(alg: GeneratedAlgorithm = 'ES256'): Observable<ExportableSigner> {
  signingAlgorithm(alg);
  return defer(async () => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    return exportable(signer(alg, privateKey, await exportJWK(publicKey)), privateKey);
  });
}

/**
 * Takes an account key from storage: PKCS#8 PEM, or a private JWK of type EC P-256 or RSA.
 *
 * Emits once: the signer, its private key no longer extractable; then completes. Errors: {@link AcmeInputError} where the
 * text is not such a key; the message never shows it. Cost: no request.
 *
 * @param alg For PEM: `ES256` or `RS256`, according to the key. Default: the JWK's own, or the one that fits it.
 * @see RFC 8555 §6.2, RFC 7517, RFC 5958
 */
export const importSigner = (key: string | JWK, alg?: GeneratedAlgorithm): Observable<AcmeSigner> =>
  defer(() => (typeof key === 'string' ? fromPem(key, alg) : fromJwk(key, alg)));

/**
 * Wraps a WebCrypto private key, one that cannot be extracted too.
 *
 * Emits nothing itself: the value is the signer. Throws `TypeError` where the JWK does not fit `alg`.
 *
 * @param publicJwk The public key that belongs to it; further members are left out.
 */
export function cryptoKeySigner(alg: string, privateKey: CryptoKey, publicJwk: JWK): AcmeSigner {
  return signer(alg, privateKey, publicJwk);
}

function signer(alg: string, privateKey: CryptoKey, jwk: JWK): AcmeSigner {
  const { kty, crv, parameters } = signingAlgorithm(alg);
  if (jwk.kty !== kty || (crv !== undefined && jwk.crv !== crv)) {
    throw new TypeError(`account key: ${alg} needs a key of type ${[kty, crv].filter(Boolean).join(' ')}`);
  }
  return {
    alg,
    publicJwk: publicMembers(jwk as { kty: string }),
    sign: async (input) =>
      new Uint8Array(await globalThis.crypto.subtle.sign(parameters, privateKey, input as Uint8Array<ArrayBuffer>)),
  };
}

const exportable = (base: AcmeSigner, privateKey: CryptoKey): ExportableSigner => ({
  ...base,
  exportPem: () => defer(() => exportPKCS8(privateKey)),
});

async function fromPem(pem: string, alg: GeneratedAlgorithm | undefined): Promise<AcmeSigner> {
  for (const candidate of alg === undefined ? (['ES256', 'RS256'] as const) : [alg]) {
    const key = await importPKCS8(pem, candidate, { extractable: true }).catch(() => undefined);
    if (key !== undefined) return fromJwk(await exportJWK(key), candidate);
  }
  const label = /-----BEGIN ([A-Z0-9 ]{1,40})-----/.exec(pem)?.[1];
  throw new AcmeInputError(
    label === undefined || label === 'PRIVATE KEY'
      ? `account key: not a PKCS#8 PEM private key for ${alg ?? 'ES256 or RS256'}`
      : `account key: found a PEM block "${label}", need "PRIVATE KEY"; convert it with: openssl pkcs8 -topk8 -nocrypt`,
  );
}

async function fromJwk(
  jwk: JWK,
  alg: string = jwk.alg ?? (jwk.kty === 'RSA' ? 'RS256' : 'ES256'),
): Promise<AcmeSigner> {
  if (typeof jwk.d !== 'string') throw new AcmeInputError('account key: the JWK holds no private key');
  signingAlgorithm(alg);
  const key = await importJWK(jwk, alg, { extractable: false }).catch(() => undefined);
  if (key === undefined || key instanceof Uint8Array)
    throw new AcmeInputError(`account key: the JWK is not a private key for ${alg}`);
  return signer(alg, key, jwk);
}
