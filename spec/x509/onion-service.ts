import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { of } from 'rxjs';
import { encodeBase32 } from '../../lib/codec/base32.js';
import type { OnionKey } from '../../lib/x509/build-onion-request.js';

/** A new onion service that signs at once; or the name of the one with that key. */
export function onionService(publicKey?: Uint8Array): { readonly name: string; readonly key: OnionKey } {
  const pair = generateKeyPairSync('ed25519');
  const spki = publicKey ?? new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }));
  const octets = spki.subarray(-32);
  const checksum = createHash('sha3-256').update('.onion checksum').update(octets).update(Buffer.of(3)).digest();
  const name = `${encodeBase32(Uint8Array.of(...octets, ...checksum.subarray(0, 2), 3))}.onion`;
  return { name, key: { publicKey: spki, sign: (input) => of(new Uint8Array(sign(null, input, pair.privateKey))) } };
}
