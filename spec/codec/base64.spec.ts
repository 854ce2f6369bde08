import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64, encodeBase64 } from '../../lib/codec/base64.js';
import { thrownBy, unlessThrown, utf8 } from './support.js';

describe('base64', () => {
  it.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('writes and reads %j as %j (RFC 4648 §10)', (text, encoded) => {
    expect(encodeBase64(utf8(text))).toBe(encoded);
    expect(decodeBase64(encoded)).toEqual(utf8(text));
  });

  it.each(['Zg', 'Zg=', 'Zg===', 'Zh==', '=', '====', 'Z===', 'Zg==Zg==', 'Z g=', '-_8=', 'Zm9v\n'])(
    'refuses %j',
    (text) => {
      expect(thrownBy(() => decodeBase64(text))).toBeInstanceOf(TypeError);
    },
  );

  it('reads back all bytes, and agrees with Node', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (value) => {
        expect(encodeBase64(value)).toBe(Buffer.from(value).toString('base64'));
        expect(decodeBase64(encodeBase64(value))).toEqual(value);
      }),
    );
  });

  it('takes of any text only what it would write', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgw09+/-_= '), maxLength: 9 }), (text) => {
        const decoded = unlessThrown(TypeError, () => decodeBase64(text));
        if (decoded !== undefined) expect(encodeBase64(decoded)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });
});
