import type { PublicJwk } from '../model/ports.js';

const membersOf: Readonly<Record<string, readonly (keyof PublicJwk)[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/**
 * The members that make up a public key, in the order in which they are hashed; all others, private ones too, are
 * left out. Throws `TypeError` on a key type that ACME does not know or a member that is missing.
 *
 * @see RFC 7638 §3.2, RFC 8037 §2
 */
export function publicMembers(jwk: PublicJwk): PublicJwk {
  const members = Object.hasOwn(membersOf, jwk.kty) ? membersOf[jwk.kty] : undefined;
  if (members === undefined) throw new TypeError(`account key: key type "${jwk.kty}" is not EC, OKP or RSA`);
  const missing = members.filter((member) => typeof jwk[member] !== 'string').join(', ');
  if (missing !== '') throw new TypeError(`account key: the JWK lacks ${missing}`);
  return Object.fromEntries(members.map((member) => [member, jwk[member]])) as unknown as PublicJwk;
}
