import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeBase32, encodeBase32 } from '../../lib/codec/base32.js';
import { onionPublicKey } from '../../lib/codec/onion-name.js';
import { covers } from '../support/covers.js';

covers('onion');

const addresses = [
  '5anebu2glyc235wbbop3m2ukzlaptpkq333vdtdvcjpigyb7x2i2m2qd',
  'bbcweb3hytmzhn5d532owbu6oqadra5z3ar726vq5kgwwn6aucdccrad',
];

describe('onionPublicKey', () => {
  it.each(addresses)('RFC 9799, a name in its examples: the key that the checksum of %s is of', (address) => {
    const key = onionPublicKey(`${address}.onion`);
    expect(key).toHaveLength(32);
    const checksum = createHash('sha3-256').update('.onion checksum').update(key).update(Buffer.of(3)).digest();
    expect(encodeBase32(Uint8Array.of(...key, ...checksum.subarray(0, 2), 3))).toBe(address);
  });

  it('is the same below the name', () => {
    expect(onionPublicKey(`www.a.${addresses[1]}.onion`)).toEqual(onionPublicKey(`${addresses[1]}.onion`));
  });

  it.each([
    'example.org',
    'onion',
    'expyuzz4wqqyqhjn.onion',
    `${addresses[0]}.onion.example`,
    `a${addresses[0]}.onion`,
    `${addresses[0]?.toUpperCase()}.onion`,
    `${addresses[0]?.replace('a', '1')}.onion`,
    `${encodeBase32(decodeBase32(addresses[0] ?? '').with(34, 2))}.onion`,
  ])('refuses %s', (name) => {
    expect(() => onionPublicKey(name)).toThrow(TypeError);
  });
});
