import { decodeBase32 } from './base32.js';

const version = 3;

/**
 * The Ed25519 public key in the name of an onion service, below which any number of labels may stand. Throws `TypeError`
 * unless it is a name of version 3: 56 characters of base32 before `.onion`. The two octets of its checksum are not
 * looked at: they are SHA-3, which platforms do not have; whoever holds the key compares that.
 *
 * @see RFC 9799 §2
 */
export function onionPublicKey(name: string): Uint8Array {
  const [, address = ''] = /(?:^|\.)([a-z2-7]{56})\.onion$/.exec(name) ?? [];
  if (address === '') throw new TypeError(`${JSON.stringify(name)} is no name of an onion service of version 3`);
  const octets = decodeBase32(address);
  if (octets[34] !== version) throw new TypeError(`${name} is of another version of onion services than 3`);
  return octets.slice(0, 32);
}
