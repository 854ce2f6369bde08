import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRetryAfterMs } from '../../lib/codec/retry-after.js';
import { covers } from '../support/covers.js';

covers('rateLimits');

const now = Date.UTC(2026, 10, 21, 16);

it.each([
  ['120', 120_000],
  ['0', 0],
  ['5', 5_000],
  ['21600', 21_600_000],
  ['86400', 86_400_000],
  ['007', 7_000],
  ['9'.repeat(30), 10 * 365 * 86_400_000],
  ['9'.repeat(400), 10 * 365 * 86_400_000],
  ['Fri, 31 Dec 1999 23:59:59 GMT', 0],
  ['Sun Nov  6 08:49:37 1994', 0],
  ['Saturday, 21-Nov-26 17:00:00 GMT', 3_600_000],
  ['Sat, 21 Nov 2026 17:00:00 GMT', 3_600_000],
  ['Sat Nov 21 17:00:00 2026', 3_600_000],
])('reads %j as %i ms (RFC 9110 §10.2.3)', (value, expected) => {
  expect(parseRetryAfterMs(value, now)).toBe(expected);
});

it.each([
  undefined,
  '',
  ' ',
  '-1',
  '+1',
  '1.5',
  '1e3',
  '0x10',
  '5, 5',
  '5s',
  '٣',
  'soon',
  '2026-11-21T17:00:00Z',
  '2001'.concat('-01'),
])('finds no wait in %j', (value) => {
  expect(parseRetryAfterMs(value, now)).toBeUndefined();
});

it('never throws, and gives a wait that is a whole number of milliseconds', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.nat().map(String),
        fc.bigInt({ min: 0n }).map(String),
        fc.date({ noInvalidDate: true }).map((each) => each.toUTCString()),
      ),
      fc.integer({ min: -1e15, max: 1e15 }),
      (value, nowMs) => {
        const wait = parseRetryAfterMs(value, nowMs);
        if (wait === undefined) return;
        expect(Number.isSafeInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(0);
      },
    ),
  );
});

it('counts a date from now', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e9 }), (seconds) => {
      const date = new Date(now + seconds * 1000).toUTCString();
      expect(parseRetryAfterMs(date, now)).toBe(parseRetryAfterMs(String(seconds), now));
    }),
  );
});
