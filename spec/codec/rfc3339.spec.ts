import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRfc3339 } from '../../lib/codec/rfc3339.js';

describe('parseRfc3339', () => {
  it.each([
    ['2016-01-20T14:09:07.99Z', 1453298947990, 'RFC 8555 §7.1.3'],
    ['2016-01-01T00:04:00+04:00', 1451592240000, 'RFC 8555 §7.4'],
    ['1985-04-12T23:20:50.52Z', 482196050520, 'RFC 3339 §5.8'],
    ['1996-12-19T16:39:57-08:00', 851042397000, 'RFC 3339 §5.8'],
    ['1990-12-31T23:59:60Z', 662688000000, 'RFC 3339 §5.8, a leap second'],
    ['1990-12-31T15:59:60-08:00', 662688000000, 'RFC 3339 §5.8, a leap second elsewhere'],
    ['1937-01-01T12:00:27.87+00:20', -1041337172130, 'RFC 3339 §5.8'],
    ['2026-12-31T23:59:60Z', 1798761600000, 'a leap second'],
    ['2026-12-31T23:59:60.5Z', 1798761600500, 'within a leap second'],
    ['2016-01-20t14:09:07z', 1453298947000, 'lower case'],
    ['2016-01-20T14:09:07.123999999Z', 1453298947123, 'nine digits, cut off'],
    ['2016-01-20T14:09:07.1Z', 1453298947100, 'one digit'],
    ['2016-01-20T14:09:07-00:00', 1453298947000, 'RFC 3339 §4.3'],
    ['0001-01-01T00:00:00Z', -62135596800000, 'the zero time of Go'],
    ['2024-02-29T00:00:00Z', 1709164800000, 'a leap day'],
  ])('reads %s as %i (%s)', (text, expected) => {
    expect(parseRfc3339(text)?.getTime()).toBe(expected);
  });

  it.each([
    '',
    '2016-01-20',
    '2016-01-20T14:09:07',
    '2016-01-20 14:09:07Z',
    '2016-01-20T14:09Z',
    '2016-1-20T14:09:07Z',
    '2016-01-20T14:09:07.Z',
    '2016-01-20T14:09:07,5Z',
    '2016-01-20T14:09:07+0400',
    '2016-01-20T14:09:07+04',
    '2016-01-20T14:09:07+24:00',
    '2016-01-20T14:09:07+04:60',
    '2016-00-20T14:09:07Z',
    '2016-13-20T14:09:07Z',
    '2016-01-00T14:09:07Z',
    '2016-04-31T14:09:07Z',
    '2023-02-29T14:09:07Z',
    '2016-01-20T24:00:00Z',
    '2016-01-20T14:60:07Z',
    '2016-01-20T14:09:60Z',
    '2016-01-20T23:59:61Z',
    '2016-12-31T23:59:60+01:00',
    '+02016-01-20T14:09:07Z',
    '2016-01-20T14:09:07Z\n',
    ' 2016-01-20T14:09:07Z',
    '٢٠١٦-01-20T14:09:07Z',
    '120',
  ])('finds no date in %j', (text) => {
    expect(parseRfc3339(text)).toBeUndefined();
  });

  const instants = fc.date({
    min: new Date('0000-01-02T00:00:00Z'),
    max: new Date('9999-12-30T23:59:59.999Z'),
    noInvalidDate: true,
  });

  it('reads back what this platform writes', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        expect(parseRfc3339(instant.toISOString())).toEqual(instant);
      }),
    );
  });

  it('reads the same instant at any offset', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: -1439, max: 1439 }), (instant, offset) => {
        const local = new Date(instant.getTime() + offset * 60_000).toISOString();
        fc.pre(/^\d{4}-/.test(local));
        const two = (value: number) => String(value).padStart(2, '0');
        const ahead = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
        expect(parseRfc3339(local.replace('Z', ahead))).toEqual(instant);
      }),
    );
  });

  it('takes nothing that the platform reads otherwise', () => {
    fc.assert(
      fc.property(fc.nat(22), fc.constantFrom(...'0123456789TZtz:.+- '), (at, piece) => {
        const text = '2016-01-20T14:09:07.99Z'.slice(0, at) + piece + '2016-01-20T14:09:07.99Z'.slice(at + 1);
        const parsed = parseRfc3339(text);
        if (parsed !== undefined) expect(parsed.getTime()).toBe(Date.parse(text.toUpperCase()));
      }),
      { numRuns: 2000 },
    );
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseRfc3339(text)));
  });
});
