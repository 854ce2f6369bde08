import { constants, createPublicKey, KeyObject, sign, verify } from 'node:crypto';
import { of } from 'rxjs';
import { publicMembers } from '../codec/public-members.js';
import type { AcmeSigner, PublicJwk } from '../model/ports.js';
import { algorithmFor, algorithmNames } from '../signing/algorithms.js';

/** What Node has to know of a JWS algorithm; Ed25519 has a hash of its own. */
const hashes: Readonly<Record<string, string>> = { ES256: 'sha256', ES384: 'sha384', ES512: 'sha512', RS256: 'sha256' };
const leastModulus = 2048;

/**
 * Signs with a private key of Node's own: for the same key a third of the time that `importSigner` takes, and at once, in
 * no other thread. Printed or serialised the signer does not show the key.
 *
 * Emits nothing itself: the value is the signer. Cost: one signature, by which a damaged key is found here and not by a
 * server. Throws `TypeError` where the key is no private one, is damaged, or is none of P-256, P-384, P-521, RSA from
 * 2048 bits on, and Ed25519, which Let's Encrypt and Pebble refuse.
 *
 * @example
 * ```ts
 * import { generateKeyPairSync } from 'node:crypto';
 * const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
 * const signer = nodeSigner(privateKey);
 * ```
 *
 * @param key Such as `createPrivateKey` of `node:crypto` reads.
 * @see RFC 8555 §6.2, RFC 7518 §3.1, RFC 8037 §3.1
 */
export function nodeSigner(key: KeyObject): AcmeSigner {
  if (!(key instanceof KeyObject) || key.type !== 'private')
    throw new TypeError(
      'nodeSigner: the key must be a private KeyObject, such as createPrivateKey of node:crypto reads',
    );
  const publicKey = createPublicKey(key);
  const jwk = exportedJwk(publicKey);
  const alg = jwk === undefined ? undefined : algorithmFor(jwk);
  const { modulusLength = leastModulus } = key.asymmetricKeyDetails ?? {};
  if (jwk === undefined || alg === undefined || modulusLength < leastModulus)
    throw new TypeError(
      `nodeSigner: the key is for none of ${algorithmNames().join(', ')}, RSA with 2048 bits at least; for others write an AcmeSigner`,
    );
  const [hash, form] = [hashes[alg] ?? null, { dsaEncoding: 'ieee-p1363', padding: paddingOf(jwk) } as const];
  const signed = (input: Uint8Array) => new Uint8Array(sign(hash, input, { ...form, key }));
  const input = Uint8Array.of(1);
  if (!verify(hash, input, { ...form, key: publicKey }, signed(input)))
    throw new TypeError('nodeSigner: the key is damaged, its public part does not belong to its private one');
  return { alg, publicJwk: publicMembers(jwk), sign: (data) => of(signed(data)) };
}

const paddingOf = ({ kty }: PublicJwk) => (kty === 'RSA' ? constants.RSA_PKCS1_PADDING : undefined);

/** Nothing where no JWK stands for such a key. */
function exportedJwk(key: KeyObject): PublicJwk | undefined {
  try {
    return key.export({ format: 'jwk' }) as PublicJwk;
  } catch {
    return undefined;
  }
}
