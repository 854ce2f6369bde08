import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase32, encodeBase32 } from '../../lib/codec/base32.js';
import { anyText, bytes, unlessThrown, utf8 } from './support.js';

describe('base32', () => {
  it.each([
    ['', ''],
    ['f', 'my'],
    ['fo', 'mzxq'],
    ['foo', 'mzxw6'],
    ['foob', 'mzxw6yq'],
    ['fooba', 'mzxw6ytb'],
    ['foobar', 'mzxw6ytboi'],
  ])('RFC 4648 §10, lower case, no padding: %j', (text, expected) => {
    expect(encodeBase32(utf8(text))).toBe(expected);
    expect(decodeBase32(expected)).toEqual(bytes(...utf8(text)));
  });

  it('comes back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (octets) => {
        expect(decodeBase32(encodeBase32(octets))).toEqual(octets);
      }),
    );
  });

  it.each(['MY', 'my======', 'm', 'mz1q', 'mzxr', 'my '])('refuses %j', (text) => {
    expect(() => decodeBase32(text)).toThrow(TypeError);
  });

  it('reads or refuses any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = unlessThrown(TypeError, () => decodeBase32(text));
        if (read !== undefined) expect(encodeBase32(read)).toBe(text);
      }),
    );
  });
});
