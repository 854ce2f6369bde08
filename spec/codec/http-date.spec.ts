import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHttpDate } from '../../lib/codec/http-date.js';

const now = Date.UTC(2026, 10, 21, 16);

describe('parseHttpDate', () => {
  it.each([
    ['Sun, 06 Nov 1994 08:49:37 GMT', 784111777000],
    ['Sunday, 06-Nov-94 08:49:37 GMT', 784111777000],
    ['Sun Nov  6 08:49:37 1994', 784111777000],
    ['Wed Nov 16 08:49:37 1994', 784975777000],
    ['Fri, 31 Dec 1999 23:59:59 GMT', 946684799000],
    ['Saturday, 21-Nov-26 17:00:00 GMT', 1795280400000],
    ['Thu, 29 Feb 2024 00:00:00 GMT', 1709164800000],
    ['Sat, 31 Dec 2016 23:59:60 GMT', 1483228800000],
    ['Mon, 01 Jan 0001 00:00:00 GMT', -62135596800000],
  ])('reads %j as %i (RFC 9110 §5.6.7)', (text, expected) => {
    expect(parseHttpDate(text, now)?.getTime()).toBe(expected);
  });

  it.each([
    '',
    '120',
    '0',
    '-1',
    '2026-11-21T17:00:00Z',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'sun, 06 nov 1994 08:49:37 gmt',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 29 Feb 2023 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:49:60 GMT',
    'Sun, 06 Nov 1994 23:59:61 GMT',
    'Sun, 06-Nov-94 08:49:37 GMT',
    'Sunday, 06 Nov 1994 08:49:37 GMT',
    'Sun Nov 6 08:49:37 1994',
    'Sun Nov 06 08:49:37 1994 GMT',
    'Foo, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT ',
  ])('finds no date in %j', (text) => {
    expect(parseHttpDate(text, now)).toBeUndefined();
  });

  it.each([
    ['Saturday, 21-Nov-76 15:00:00 GMT', 2076],
    ['Sunday, 22-Nov-76 17:00:00 GMT', 1976],
    ['Friday, 01-Jan-77 00:00:00 GMT', 1977],
    ['Sunday, 31-Dec-00 00:00:00 GMT', 2000],
    ['Tuesday, 29-Feb-00 00:00:00 GMT', 2000],
  ])('takes the year of %j for %i (RFC 9110 §5.6.7: not over 50 years ahead)', (text, year) => {
    expect(parseHttpDate(text, now)?.getUTCFullYear()).toBe(year);
  });

  it('counts two digits across the turn of a century', () => {
    expect(parseHttpDate('Monday, 05-Jan-05 00:00:00 GMT', Date.UTC(2099, 0))?.getUTCFullYear()).toBe(2105);
    expect(parseHttpDate('Saturday, 21-Nov-26 00:00:00 GMT', 0)?.getUTCFullYear()).toBe(1926);
  });

  it('finds no date where now is none', () => {
    expect(parseHttpDate('Saturday, 21-Nov-26 00:00:00 GMT', NaN)).toBeUndefined();
  });

  const instants = fc.date({
    min: new Date('0000-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });

  it('reads back what this platform writes', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        expect(parseHttpDate(instant.toUTCString(), now)?.getTime()).toBe(Math.floor(instant.getTime() / 1000) * 1000);
      }),
    );
  });

  it('never throws, and gives no invalid date for a text with one character changed', () => {
    const samples = ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'];
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(30), fc.string({ maxLength: 2 }), (text, at, piece) => {
        const changed = parseHttpDate(text.slice(0, at) + piece + text.slice(at + 1), now);
        if (changed !== undefined) expect(changed.getTime()).not.toBeNaN();
      }),
      { numRuns: 2000 },
    );
  });
});
