import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalIpAddress } from '../../lib/codec/ip-address.js';

describe('canonicalIpAddress', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['0.0.0.0', '0.0.0.0'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8::AAAA', '2001:db8::aaaa'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['::', '::'],
    ['::1', '::1'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
    ['::FFFF:C000:201', '::ffff:192.0.2.1'],
    ['0:0:0:0:0:ffff:0:0', '::ffff:0.0.0.0'],
  ])('writes %s as %s (RFC 5952)', (text, expected) => {
    expect(canonicalIpAddress(text)).toBe(expected);
  });

  it.each([
    '',
    '1.2',
    '1.2.3',
    '1.2.3.4.',
    '1.2.3.4.5',
    '01.2.3.4',
    '0x7f.0.0.1',
    '256.0.0.1',
    '2130706433',
    ' 1.2.3.4',
    '1.2.3.4\n',
    '１.2.3.4',
    '[::1]',
    '::1]',
    'fe80::1%eth0',
    'fe80::1%25eth0',
    '::1/64',
    '1::2::3',
    ':1',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '12345::',
    '::00001',
    '::ffff:1.2.3.04',
    '::1]/[::',
    '::1]#',
    '::1\n',
    ':\t:1',
    ' ::1',
    'abc',
    ':',
    '.',
  ])('finds no address in %j', (text) => {
    expect(canonicalIpAddress(text)).toBeUndefined();
  });

  it('agrees with Node on what an address is, and does not change its own result', () => {
    const nearly = fc.string({ unit: fc.constantFrom(...'0123456789abcdefF:.', '::', 'ffff'), maxLength: 20 });
    fc.assert(
      fc.property(fc.oneof(nearly, fc.ipV4(), fc.ipV6(), fc.string()), (text) => {
        const canonical = canonicalIpAddress(text);
        expect(canonical !== undefined).toBe(isIP(text) !== 0);
        if (canonical === undefined) return;
        expect(canonicalIpAddress(canonical)).toBe(canonical);
        expect(isIP(canonical)).toBe(isIP(text));
      }),
      { numRuns: 3000 },
    );
  });
});
