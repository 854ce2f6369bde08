import type { CryptoKey, JWK } from 'jose';
import type { AcmeSigner } from '../model/ports.js';
import { signingAlgorithm } from './algorithms.js';
import { webCryptoSigner } from './web-crypto-signer.js';

/**
 * Wraps a WebCrypto private key, one that cannot be extracted too.
 *
 * Emits nothing itself: the value is the signer. Throws `TypeError` where the key or the JWK does not fit `alg`.
 *
 * @param alg `ES256`, `ES384`, `ES512` or `RS256`; `EdDSA` for Ed25519, which Let's Encrypt and Pebble refuse.
 * @param publicJwk The public key that belongs to it; further members are left out.
 * @see RFC 8555 §6.2, RFC 7518 §3.1, RFC 8037 §3.1
 */
export function cryptoKeySigner(alg: string, privateKey: CryptoKey, publicJwk: JWK): AcmeSigner {
  const signer = webCryptoSigner(alg, privateKey, publicJwk);
  checkKey(alg, privateKey);
  return signer;
}

/** A key for another hash signs too, and every server would find its signatures wrong. */
function checkKey(alg: string, { type, usages, algorithm }: CryptoKey): void {
  const { key } = signingAlgorithm(alg);
  const { name, namedCurve, hash } = algorithm as KeyAlgorithm & { namedCurve?: string; hash?: KeyAlgorithm };
  const wanted = [key.name, key.namedCurve ?? key.hash].filter(Boolean).join(' ');
  const found = [name, namedCurve ?? hash?.name].filter(Boolean).join(' ');
  if (found !== wanted) {
    throw new TypeError(`account key: ${alg} needs a CryptoKey for ${wanted}, this one is for ${found}`);
  }
  if (type !== 'private' || !usages.includes('sign')) {
    throw new TypeError('account key: the CryptoKey must be a private key with the usage "sign"');
  }
}
