import type { PublicJwk } from '../model/ports.js';
import { publicMembers } from './public-members.js';

interface Verification {
  readonly key: Readonly<{ name: string; hash?: string; namedCurve?: string }>;
  readonly signature: Readonly<{ name: string; hash?: string }>;
}

const ecdsa = (namedCurve: string, hash: string): Verification => ({
  key: { name: 'ECDSA', namedCurve },
  signature: { name: 'ECDSA', hash },
});
const verifications: Readonly<Record<string, Verification>> = {
  ES256: ecdsa('P-256', 'SHA-256'),
  ES384: ecdsa('P-384', 'SHA-384'),
  ES512: ecdsa('P-521', 'SHA-512'),
  RS256: { key: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, signature: { name: 'RSASSA-PKCS1-v1_5' } },
  EdDSA: { key: { name: 'Ed25519' }, signature: { name: 'Ed25519' } },
};

/** Whether a JWS signature is right. An algorithm that is not known, or a key that does not fit it, verifies nothing. */
export async function verifySignature(
  alg: string,
  jwk: PublicJwk,
  input: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const verification = Object.hasOwn(verifications, alg) ? verifications[alg] : undefined;
  if (verification === undefined) return false;
  const { subtle } = globalThis.crypto;
  try {
    const key = await subtle.importKey('jwk', publicMembers(jwk) as JsonWebKey, verification.key, false, ['verify']);
    const [mark, text] = [signature, input] as Uint8Array<ArrayBuffer>[];
    return await subtle.verify(
      verification.signature,
      key,
      mark as Uint8Array<ArrayBuffer>,
      text as Uint8Array<ArrayBuffer>,
    );
  } catch {
    return false;
  }
}
