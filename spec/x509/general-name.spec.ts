import { describe, expect, it } from 'vitest';
import { encodeHex } from '../../lib/codec/hex.js';
import { otherName, rfc822Name } from '../../lib/x509/general-name.js';

describe('general names', () => {
  it('RFC 5280 §4.2.1.6: an address has the tag [1], another name [0] with its type and [0] around its value', () => {
    expect(encodeHex(rfc822Name('a@b.c'))).toBe('8105' + '6140622e63');
    expect(encodeHex(otherName('1.2.3', Uint8Array.of(5, 0)))).toBe('a008' + '06022a03' + 'a002' + '0500');
  });
});
