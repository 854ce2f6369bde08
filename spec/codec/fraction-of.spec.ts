import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fractionOf } from '../../lib/codec/fraction-of.js';

it('fractionOf is from 0 to less than 1, and the same for the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const fraction = fractionOf(text);
      expect(fraction).toBeGreaterThanOrEqual(0);
      expect(fraction).toBeLessThan(1);
      expect(fractionOf(`${text}`)).toBe(fraction);
    }),
  );
});

it.each([
  ['numbers in a row', (index: number) => `AAAA.${index}`],
  ['texts that differ at the front', (index: number) => `${index}.AAAAAAAAAAAAAAAAAAAAAAAAAAA`],
  ['one character, again and again', (index: number) => 'A'.repeat(index)],
])('fractionOf spreads %s evenly', (_what, text) => {
  const buckets = Array<number>(20).fill(0);
  for (let index = 0; index < 4_000; index++) {
    const bucket = Math.floor(fractionOf(text(index)) * buckets.length);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  // 200 on average; by lot, one of twenty is beyond 140 to 260 once in a thousand times.
  expect(Math.min(...buckets)).toBeGreaterThan(140);
  expect(Math.max(...buckets)).toBeLessThan(260);
});
