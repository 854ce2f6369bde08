import type { PublicJwk } from '../model/ports.js';
import { knownAlgorithm } from './algorithms.js';
import { publicMembers } from '../codec/public-members.js';

/** Whether a JWS signature is right. An algorithm that is not known, or a key that does not fit it, verifies nothing. */
export async function verifySignature(
  alg: string,
  jwk: PublicJwk,
  input: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const algorithm = knownAlgorithm(alg);
  if (algorithm === undefined) return false;
  const { subtle } = globalThis.crypto;
  try {
    const key = await subtle.importKey('jwk', publicMembers(jwk) as JsonWebKey, algorithm.key, false, ['verify']);
    const [mark, text] = [signature, input] as Uint8Array<ArrayBuffer>[];
    return await subtle.verify(
      algorithm.signature,
      key,
      mark as Uint8Array<ArrayBuffer>,
      text as Uint8Array<ArrayBuffer>,
    );
  } catch {
    return false;
  }
}
