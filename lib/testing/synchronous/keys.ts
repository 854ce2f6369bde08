import { sha256 } from '@noble/hashes/sha2.js';
import { of } from 'rxjs';
import { encodeBase64url } from '../../codec/base64url.js';
import { encodeUtf8 } from '../../codec/utf8.js';
import type { AcmeDigest, AcmeSigner, PublicJwk } from '../../model/ports.js';
import { publicMembers } from '../../codec/public-members.js';

/**
 * SHA-256 that answers at once, for tests in virtual time.
 *
 * Emits once: the digest; then completes. Errors: none. Cost: no request.
 *
 * @see RFC 8555 §8.1
 */
export const synchronousDigest: AcmeDigest = (data) => of(sha256(data));

const mark = 'rxacme synchronous key';

/** The key that a name stands for: no elliptic curve has it, but it has the form of one that does. */
export function synchronousJwk(name: string): PublicJwk {
  const x = encodeBase64url(sha256(encodeUtf8(name)));
  return { kty: 'EC', crv: 'P-256', x, y: markOf(x) };
}

/** What shows that a key is one of these. */
const markOf = (x: string): string => encodeBase64url(sha256(encodeUtf8(`${mark} ${x}`)));

/**
 * A signature with the key of that JWK, of the usual length; whoever knows the key can make it, which is enough for a
 * test. A checksum, FNV-1a: with it, thousands of orders cost no more than with none.
 */
export function synchronousSignature({ x = '' }: PublicJwk, input: Uint8Array): Uint8Array {
  const signature = new Uint8Array(64);
  let hash = 0x811c9dc5;
  for (const octet of encodeUtf8(x)) hash = Math.imul(hash ^ octet, 0x01000193);
  for (const octet of input) hash = Math.imul(hash ^ octet, 0x01000193);
  for (let index = 0; index < signature.length; index++) {
    hash = Math.imul(hash ^ index, 0x01000193);
    signature[index] = hash >>> 24;
  }
  return signature;
}

/** Whether a JWK was made by {@link synchronousJwk}. */
export const isSynchronousJwk = ({ kty, x, y }: PublicJwk): boolean =>
  kty === 'EC' && x !== undefined && y === markOf(x);

/**
 * An account key that signs at once, for tests in virtual time. It protects nothing, and only a fake CA takes it.
 *
 * Emits nothing itself: the value is the signer. Cost: none.
 *
 * @param name Tells one key from another. Default: `account`.
 */
export function synchronousSigner(name = 'account'): AcmeSigner {
  const publicJwk = synchronousJwk(name);
  return { alg: 'ES256', publicJwk, sign: (input) => of(synchronousSignature(publicJwk, input)) };
}

/** The thumbprint of any key, at once. */
export const synchronousThumbprint = (jwk: PublicJwk): string =>
  encodeBase64url(sha256(encodeUtf8(JSON.stringify(publicMembers(jwk)))));
