import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reverseName } from '../../lib/codec/reverse-name.js';
import { reverseNames } from '../vectors/identifiers.js';
import { thrownBy } from './support.js';

describe('reverseName', () => {
  it.each(reverseNames)('of %s (RFC 8738 §6)', (address, expected) => {
    expect(reverseName(address)).toBe(expected);
  });

  it('is the same for every way to write an address', () => {
    expect(reverseName('2001:DB8:0:0::1')).toBe(reverseNames[1][1]);
    expect(reverseName('::ffff:192.0.2.1')).toBe(reverseName('::ffff:c000:201'));
  });

  it.each(['', 'example.com', '1.2.3', '[::1]', 'fe80::1%eth0'])('throws TypeError on %j', (text) => {
    expect(thrownBy(() => reverseName(text))).toBeInstanceOf(TypeError);
  });

  it('says all of an address, backwards', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        const labels = reverseName(address).split('.').reverse();
        const [arpa, kind] = labels.splice(0, 2);
        expect([arpa, kind]).toEqual(['arpa', isIP(address) === 4 ? 'in-addr' : 'ip6']);
        const again = labels.length === 4 ? labels.join('.') : labels.join('').replace(/....(?=.)/g, '$&:');
        expect(reverseName(again)).toBe(reverseName(address));
      }),
    );
  });
});
