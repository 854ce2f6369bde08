import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeHex } from '../../lib/codec/hex.js';
import { bytes } from './support.js';

it('keeps leading zeros: the serial number of RFC 9773 appendix A', () => {
  expect(encodeHex(bytes(0x00, 0x87, 0x65, 0x43, 0x21))).toBe('0087654321');
  expect(encodeHex(bytes())).toBe('');
});

it('agrees with Node on all bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (value) => {
      expect(encodeHex(value)).toBe(Buffer.from(value).toString('hex'));
    }),
  );
});
