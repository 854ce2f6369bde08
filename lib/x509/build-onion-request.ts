import { concatMap, defer, from, map, type Observable, take, throwIfEmpty } from 'rxjs';
import { encodeHex } from '../codec/hex.js';
import { onionPublicKey } from '../codec/onion-name.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { CertificateKey } from '../model/ports.js';
import { publicKeyAlgorithm } from './key-algorithm.js';

/**
 * The Ed25519 key of an onion service: its public key as DER SubjectPublicKeyInfo, and what signs with it. Tor keeps the
 * private key in a form of its own, which WebCrypto does not take: whatever does can stand behind this.
 */
export type OnionKey = Pick<CertificateKey, 'publicKey' | 'sign'>;

/** Options of {@link buildOnionRequest}. */
export interface OnionRequestOptions {
  /** The key of the service. */
  readonly key: OnionKey;
  /** The challenge's nonce. */
  readonly nonce: Uint8Array;
  /** At least 8 octets of one's own. Default: 16 at random. */
  readonly applicantNonce?: Uint8Array | undefined;
}

const loadPki = () => import('./pki.js');

/**
 * Makes the certificate request that proves control over an onion service. It asks for nothing: the key of the
 * certificate itself has to be another one.
 *
 * Emits once: the request, DER; then completes. Cold: each subscription signs anew. Errors: {@link AcmeInputError} where
 * the key is not the one in the name; what `key.sign` errors with. Cost: one signature, no request; pkijs is loaded.
 * Throws `TypeError` on a name of another version than 3 and on a nonce of less than 8 octets.
 *
 * @param name The service's name, subdomains included.
 * @see RFC 9799 §3.2
 */
export function buildOnionRequest(
  name: string,
  { key, nonce: ca, applicantNonce }: OnionRequestOptions,
): Observable<Uint8Array> {
  const expected = onionPublicKey(name);
  if (Math.min(ca.length, applicantNonce?.length ?? 8) < 8)
    throw new TypeError('onion-csr-01: a nonce has at least 8 octets');
  return defer(() => {
    checkOnionKey(name, expected, key);
    return loadPki();
  }).pipe(
    concatMap(({ unsignedOnionRequest }) => {
      const applicant = applicantNonce ?? globalThis.crypto.getRandomValues(new Uint8Array(16));
      const request = unsignedOnionRequest(key.publicKey, { ca, applicant });
      return from(key.sign(request.toBeSigned)).pipe(
        take(1),
        throwIfEmpty(() => new TypeError('the key of the onion service emitted no signature')),
        map((signature) => request.withSignature(signature)),
      );
    }),
  );
}

/** Throws {@link AcmeInputError} where a key is not the one in an onion service's name. */
export function checkOnionKey(name: string, expected: Uint8Array, { publicKey }: OnionKey): void {
  if (publicKeyAlgorithm(publicKey) === 'Ed25519' && encodeHex(publicKey).endsWith(encodeHex(expected))) return;
  throw new AcmeInputError(`the key is not that of the onion service ${name}`);
}
