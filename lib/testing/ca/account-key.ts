import { decodeBase64url } from '../../codec/base64url.js';
import type { PublicJwk } from '../../model/ports.js';
import { publicMembers } from '../../codec/public-members.js';
import { refuse } from './refusal.js';

/** How many octets the coordinates of a curve have: all of them, those that are zero too. */
const coordinateOctets: Readonly<Record<string, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66, Ed25519: 32 };
const leastModulusOctets = 256;

/**
 * The key that a request brings, its own members only. Refuses what is no public key, what public authorities find too
 * weak, and a key that says it is for another algorithm.
 *
 * @see RFC 8555 §6.2, RFC 7518 §6
 */
export function checkedAccountKey(jwk: unknown, alg: string): PublicJwk {
  if (typeof jwk !== 'object' || jwk === null || 'd' in jwk) return refuse('badPublicKey', 'jwk must be a public key');
  if ('alg' in jwk && jwk.alg !== alg) refuse('badSignatureAlgorithm', 'the key is for another algorithm');
  const key = ownMembers(jwk as PublicJwk);
  if (key.kty === 'RSA') {
    if (octetsOf(key.n).findIndex((octet) => octet !== 0) !== 0) refuse('badPublicKey', 'n begins with a zero');
    if (octetsOf(key.n).length < leastModulusOctets) refuse('badPublicKey', 'the RSA key has less than 2048 bits');
    return key;
  }
  const length = Object.hasOwn(coordinateOctets, String(key.crv)) ? coordinateOctets[String(key.crv)] : undefined;
  if (length === undefined) refuse('badPublicKey', 'the curve is none of P-256, P-384, P-521 and Ed25519');
  for (const coordinate of key.kty === 'EC' ? [key.x, key.y] : [key.x]) {
    if (octetsOf(coordinate).length !== length)
      refuse('badPublicKey', `coordinates of ${key.crv} have ${length} octets, zeros in front included`);
  }
  return key;
}

function ownMembers(jwk: PublicJwk): PublicJwk {
  try {
    return publicMembers(jwk);
  } catch (error) {
    return refuse('badPublicKey', (error as Error).message);
  }
}

function octetsOf(base64url = ''): Uint8Array {
  try {
    return decodeBase64url(base64url);
  } catch {
    return refuse('badPublicKey', 'the members of a key are base64url without padding');
  }
}
