import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase64url, encodeBase64url, isBase64urlText } from '../../lib/codec/base64url.js';
import { bytes, thrownBy, unlessThrown, utf8 } from './support.js';

describe('base64url', () => {
  it.each([
    ['', ''],
    ['{}', 'e30'],
    ['f', 'Zg'],
    ['fo', 'Zm8'],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg'],
    ['fooba', 'Zm9vYmE'],
    ['foobar', 'Zm9vYmFy'],
  ])('writes and reads %j as %j (RFC 4648 §10, unpadded)', (text, encoded) => {
    expect(encodeBase64url(text)).toBe(encoded);
    expect(decodeBase64url(encoded)).toEqual(utf8(text));
  });

  it('uses the alphabet of RFC 4648 §5', () => {
    expect(encodeBase64url(bytes(0xfb, 0xff))).toBe('-_8');
    expect(decodeBase64url('-_8')).toEqual(bytes(0xfb, 0xff));
  });

  it('reads the SHA-256 of nothing', () => {
    const digest = decodeBase64url('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
    expect(Buffer.from(digest).toString('hex')).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('writes a string as its UTF-8 octets', () => {
    expect(encodeBase64url('é')).toBe('w6k');
  });

  it.each(['e30=', '-_8=', '+/8', 'e 30', 'e30\n', ' e30', 'e', 'e30e3', 'ab==', '=', '-_9', 'Zh', 'é30', 'Ⅳ0'])(
    'refuses %j (RFC 8555 §6.1, RFC 4648 §3.5)',
    (text) => {
      const error = thrownBy(() => decodeBase64url(text));
      expect(error).toBeInstanceOf(TypeError);
      if (text.length > 1) expect((error as Error).message).not.toContain(text);
    },
  );

  it('reads back all bytes, and agrees with Node', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (value) => {
        const text = encodeBase64url(value);
        expect(text).toBe(Buffer.from(value).toString('base64url'));
        expect(decodeBase64url(text)).toEqual(value);
      }),
    );
  });

  it.each(['A', 'AA', 'AAA', 'AAAAA', 'AAAAAA'])(
    'takes after %s only the last characters that leave no bit over',
    (start) => {
      for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
        const decoded = unlessThrown(TypeError, () => decodeBase64url(start + last));
        const text = Buffer.from(start + last, 'base64url').toString('base64url');
        expect(decoded !== undefined).toBe(text === start + last);
      }
    },
  );

  it('takes of any text only what it would write', () => {
    const nearly = fc.string({ unit: fc.constantFrom(...'AQgwEIM09-_+/= \n'), maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string()), (text) => {
        const decoded = unlessThrown(TypeError, () => decodeBase64url(text));
        if (decoded !== undefined) expect(encodeBase64url(decoded)).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads long texts', () => {
    const value = new Uint8Array(3_000_001).fill(0xa5);
    expect(decodeBase64url(encodeBase64url(value)).length).toBe(value.length);
  });
});

describe('isBase64urlText', () => {
  it.each([
    'LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0',
    'evaGxfADs6pSRb2LAv9IZf17Dt3juxGJ-PCt92wr-oA',
    'DGyRejmCefe7v4NfDGDKfA',
  ])('takes the token %s (RFC 8555 §8)', (token) => {
    expect(isBase64urlText(token)).toBe(true);
  });

  it.each(['../x', 'a b', 'abc=', 'a+b/c', '', 'a\n', '\u212A'])('refuses %j', (token) => {
    expect(isBase64urlText(token)).toBe(false);
  });
});
