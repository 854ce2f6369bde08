import { fromBER, ObjectIdentifier, OctetString } from 'asn1js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derContent, derObjectIdentifier, derTag, derValue, isObjectIdentifier } from '../../lib/codec/der.js';
import { encodeHex } from '../../lib/codec/hex.js';
import { bytes } from './support.js';

describe('derValue', () => {
  it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536])('asn1js reads %s octets', (length) => {
    const { result, offset } = fromBER(derValue(derTag.octetString, new Uint8Array(length)));
    expect(offset).toBe(derValue(derTag.octetString, new Uint8Array(length)).length);
    expect((result as OctetString).valueBlock.valueHexView.length).toBe(length);
  });

  it('puts parts one after the other, text as UTF-8', () => {
    expect(derValue(0x30, bytes(5, 0), 'ü')).toEqual(bytes(0x30, 4, 5, 0, 0xc3, 0xbc));
  });
});

describe('derContent', () => {
  it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536])(
    'is what was written and what stands behind it: %s octets',
    (length) => {
      const der = derValue(derTag.sequence, new Uint8Array(length).fill(7), 'behind');
      expect(encodeHex(derContent(der))).toBe('07'.repeat(length) + '626568696e64');
    },
  );

  it.each([[[]], [[0x30]], [[0x30, 0xff]], [[0x30, 0x84, 1]]])('is empty where %j ends before it', (octets) => {
    expect(derContent(Uint8Array.from(octets))).toHaveLength(0);
  });
});

describe('derObjectIdentifier', () => {
  it.each([
    ['1.3.6.1.5.5.7.1.31', '06082b0601050507011f'],
    ['2.999.3', '0603883703'],
    ['2.23.140.41', '060467810c29'],
    ['0.0', '060100'],
    ['1.39.536870912', '0606' + '4f8280808000'],
  ])('%s', (oid, hex) => {
    expect(encodeHex(derObjectIdentifier(oid))).toBe(hex);
  });

  it('is what asn1js reads', () => {
    const arc = fc.nat(999_999_999);
    fc.assert(
      fc.property(fc.nat(2), fc.nat(39), fc.array(arc, { maxLength: 8 }), (first, second, others) => {
        const oid = [first, second, ...others].join('.');
        const { result } = fromBER(derObjectIdentifier(oid));
        expect((result as ObjectIdentifier).valueBlock.toString()).toBe(oid);
      }),
    );
  });

  it.each(['', '1', '3.1', '1.40', '1.2.', '1.02', '1.2.x', '1.2.-3', '.1.2', '1.2.9999999999', '1.2/3'])(
    'refuses %j',
    (text) => {
      expect(isObjectIdentifier(text)).toBe(false);
      expect(() => derObjectIdentifier(text)).toThrow(TypeError);
    },
  );
});
