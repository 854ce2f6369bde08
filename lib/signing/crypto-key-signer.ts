import type { CryptoKey, JWK } from 'jose';
import type { AcmeSigner } from '../model/ports.js';
import { signingAlgorithm } from './algorithms.js';
import { publicMembers } from './public-members.js';

/**
 * Wraps a WebCrypto private key, one that cannot be extracted too.
 *
 * Emits nothing itself: the value is the signer. Throws `TypeError` where the JWK does not fit `alg`.
 *
 * @param publicJwk The public key that belongs to it; further members are left out.
 * @see RFC 8555 §6.2
 */
export function cryptoKeySigner(alg: string, privateKey: CryptoKey, publicJwk: JWK): AcmeSigner {
  const { kty, crv, parameters } = signingAlgorithm(alg);
  if (publicJwk.kty !== kty || (crv !== undefined && publicJwk.crv !== crv)) {
    throw new TypeError(`account key: ${alg} needs a key of type ${[kty, crv].filter(Boolean).join(' ')}`);
  }
  return {
    alg,
    publicJwk: publicMembers(publicJwk as { kty: string }),
    sign: async (input) =>
      new Uint8Array(await globalThis.crypto.subtle.sign(parameters, privateKey, input as Uint8Array<ArrayBuffer>)),
  };
}
