import type { CryptoKey, JWK } from 'jose';
import { publicMembers } from '../codec/public-members.js';
import type { AcmeSigner } from '../model/ports.js';
import { signingAlgorithm } from './algorithms.js';

/**
 * A signer by a WebCrypto key that is one for `alg`. Throws `TypeError` where the JWK does not fit.
 *
 * Loaded late by what makes and imports keys: nothing that is exported may hold it but `cryptoKeySigner`.
 */
export function webCryptoSigner(alg: string, privateKey: CryptoKey, publicJwk: JWK): AcmeSigner {
  const { kty, crv, signature } = signingAlgorithm(alg);
  if (publicJwk.kty !== kty || (crv !== undefined && publicJwk.crv !== crv)) {
    throw new TypeError(`account key: ${alg} needs a key of type ${[kty, crv].filter(Boolean).join(' ')}`);
  }
  return {
    alg,
    publicJwk: publicMembers(publicJwk as { kty: string }),
    sign: async (input) =>
      new Uint8Array(await globalThis.crypto.subtle.sign(signature, privateKey, input as Uint8Array<ArrayBuffer>)),
  };
}
