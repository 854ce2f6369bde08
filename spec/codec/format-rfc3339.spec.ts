import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRfc3339 } from '../../lib/codec/format-rfc3339.js';
import { parseRfc3339 } from '../../lib/codec/rfc3339.js';

describe('formatRfc3339', () => {
  it('writes UTC and whole seconds: RFC 8555 §7.4', () => {
    expect(formatRfc3339('notBefore', new Date('2016-01-01T00:04:00+04:00'))).toBe('2015-12-31T20:04:00Z');
    expect(formatRfc3339('notBefore', new Date('2026-01-01T00:00:59.999Z'))).toBe('2026-01-01T00:00:59Z');
  });

  it('is read back to the second, for every date of four digits', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }),
        (at) => {
          expect(parseRfc3339(formatRfc3339('it', at))?.getTime()).toBe(Math.floor(at.getTime() / 1000) * 1000);
        },
      ),
    );
  });

  it.each([
    new Date(NaN),
    new Date(8.64e15),
    new Date('-000001-01-01T00:00:00Z'),
    '2026-01-01T00:00:00.000Z',
    0,
    null,
    { toJSON: () => '2026-01-01T00:00:00.000Z' },
  ])('throws TypeError that names what it is on %s', (at) => {
    expect(() => formatRfc3339('notAfterAt', at as Date)).toThrow(/^notAfterAt must be a valid Date/);
    expect(() => formatRfc3339('notAfterAt', at as Date)).toThrow(TypeError);
  });
});
