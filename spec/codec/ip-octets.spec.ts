import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalIpAddress } from '../../lib/codec/ip-address.js';
import { ipOctets, ipText } from '../../lib/codec/ip-octets.js';
import { bytes, thrownBy } from './support.js';

const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');

describe('the octets of an IP address', () => {
  it.each([
    ['192.0.2.7', 'c0000207'],
    ['0.0.0.0', '00000000'],
    ['::', '00000000000000000000000000000000'],
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ])('of %s are %s (RFC 5280 §4.2.1.6)', (address, expected) => {
    expect(hex(ipOctets(address))).toBe(expected);
    expect(ipText(ipOctets(address))).toBe(address);
  });

  it('are the same as its text, for every address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        expect(ipText(ipOctets(address))).toBe(canonicalIpAddress(address));
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (octets) => {
        expect(hex(ipOctets(ipText(octets)))).toBe(hex(octets));
      }),
    );
  });

  it('are four or sixteen', () => {
    for (const length of [0, 3, 5, 15, 17])
      expect(thrownBy(() => ipText(bytes(...Array(length).fill(1))))).toBeInstanceOf(Error);
  });

  it.each(['', '1.2.3.256', 'example.com', '12345::', `1${'0'.repeat(10_000)}`])('are not those of %j', (text) => {
    const error = thrownBy(() => ipOctets(text));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message.length).toBeLessThan(200);
  });
});
