import { publicMembers } from '../codec/public-members.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { PublicJwk } from '../model/ports.js';
import { signingAlgorithm } from '../signing/algorithms.js';
import type { GeneratedAlgorithm } from '../signing/exportable-signer.js';
import type { SignerRecord } from './indexed-db.js';

/** A new key that nothing can export. */
export async function generateRecord(name: string, alg: GeneratedAlgorithm): Promise<SignerRecord> {
  const subtle = (globalThis.crypto as Partial<Crypto>).subtle;
  if (subtle === undefined) {
    throw new AcmeUnsupportedError('account key: only pages over https and those of localhost can make keys');
  }
  const { key, kty } = signingAlgorithm(alg);
  const size = kty === 'RSA' ? { modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) } : {};
  const made = await subtle.generateKey({ ...key, ...size }, false, ['sign', 'verify']).catch((cause: unknown) => {
    const message = `account key: this browser makes no keys for ${alg}, take another algorithm`;
    throw new AcmeUnsupportedError(message, { cause });
  });
  const { privateKey, publicKey } = made as CryptoKeyPair;
  const jwk = await subtle.exportKey('jwk', publicKey);
  return { name, alg, publicJwk: publicMembers(jwk as PublicJwk), privateKey };
}
