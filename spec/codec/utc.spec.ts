import { expect, it } from 'vitest';
import { utcInstant } from '../../lib/codec/utc.js';

const midnight = { year: 2026, month: 1, day: 1, hour: 0, minute: 0, second: 0 };

it('takes years below 100 as they are', () => {
  expect(utcInstant({ ...midnight, year: 26 })?.toISOString()).toBe('0026-01-01T00:00:00.000Z');
});

it('takes a leap second at the end of a UTC day only, before 1970 too', () => {
  const leap = { year: 1969, month: 12, day: 30, hour: 23, minute: 59, second: 60 };
  expect(utcInstant({ ...leap, millisecond: 250 })?.toISOString()).toBe('1969-12-31T00:00:00.250Z');
  expect(utcInstant({ ...leap, offsetMinutes: 60 })).toBeUndefined();
});

it('finds no instant where a field is no number', () => {
  expect(utcInstant({ ...midnight, year: NaN })).toBeUndefined();
});
