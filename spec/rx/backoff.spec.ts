import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Backoff, backoffMs } from '../../lib/rx/backoff.js';

const pace: Backoff = { firstMs: 250, factor: 1.5, maxMs: 10_000, jitter: 0.1 };
const middle = () => 0.5;

describe('backoffMs', () => {
  it('grows by its factor up to its limit', () => {
    const waits = Array.from({ length: 13 }, (_, attempt) => backoffMs(attempt, pace, middle));
    expect(waits).toEqual([250, 375, 563, 844, 1266, 1898, 2848, 4271, 6407, 9611, 10_000, 10_000, 10_000]);
  });

  it.each([
    [0, 0, 225],
    [0, 1, 275],
    [100, 0, 9000],
    [100, 1, 11_000],
  ])('attempt %d with chance %d waits %d ms', (attempt, chance, ms) => {
    expect(backoffMs(attempt, pace, () => chance)).toBe(ms);
  });

  it('takes nothing from chance where there is no jitter', () => {
    expect(backoffMs(1, { ...pace, jitter: 0 }, () => 1)).toBe(375);
  });

  it('is a whole number of milliseconds, within the jitter of the exact wait, at every attempt', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
        const ms = backoffMs(attempt, pace, () => chance);
        const exact = Math.min(10_000, 250 * 1.5 ** attempt);
        expect(Number.isInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThanOrEqual(Math.round(exact * 0.9) - 1);
        expect(ms).toBeLessThanOrEqual(Math.round(exact * 1.1) + 1);
      }),
    );
  });

  it('a first wait of zero stays zero, however often it is asked for', () => {
    expect(backoffMs(1000, { ...pace, firstMs: 0 }, middle)).toBe(0);
    expect(backoffMs(2000, { ...pace, firstMs: 0 }, middle)).toBe(0);
  });
});
