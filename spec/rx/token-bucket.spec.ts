import fc from 'fast-check';
import { repeat } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { tokenBucket } from '../../lib/rx/token-bucket.js';
import { virtualTime } from '../support/marbles.js';

describe('tokenBucket', () => {
  it('gives out what it holds at once, then as the tokens come back', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const take$ = tokenBucket({ count: 10, perMs: 1_000, burst: 2, scheduler });
      expectObservable(take$).toBe('(a|)', { a: undefined });
      expectObservable(take$).toBe('(a|)', { a: undefined });
      expectObservable(take$).toBe('100ms (a|)', { a: undefined });
      expectObservable(take$).toBe('200ms (a|)', { a: undefined });
      expectObservable(take$, '1000ms ^').toBe('1000ms (a|)', { a: undefined });
    }));

  it('sets no timer while it has tokens', () =>
    virtualTime(({ scheduler }) => {
      const take$ = tokenBucket({ count: 3, perMs: 1_000, scheduler });
      let taken = 0;
      take$.pipe(repeat(3)).subscribe(() => taken++);
      expect([taken, scheduler.delays]).toEqual([3, []]);
    }));

  it('takes no token for who is unsubscribed before its turn, and drops its timer with the last', () =>
    virtualTime(({ scheduler, expectObservable, flush }) => {
      const take$ = tokenBucket({ count: 1, perMs: 1_000, scheduler });
      expectObservable(take$).toBe('(a|)', { a: undefined });
      expectObservable(take$, '^ 300ms !').toBe('');
      expectObservable(take$).toBe('1000ms (a|)', { a: undefined });
      flush();
      const waiting = [take$.subscribe(), take$.subscribe(), take$.subscribe()];
      expect(scheduler.pending()).toBe(1);
      for (const each of waiting) each.unsubscribe();
      expect(scheduler.pending()).toBe(0);
    }));

  it('sets one timer for who comes back as it takes a token', () =>
    virtualTime(({ scheduler }) => {
      const take$ = tokenBucket({ count: 1, perMs: 1_000, scheduler });
      const takers = [take$.pipe(repeat()).subscribe(), take$.subscribe(), take$.subscribe()];
      expect(scheduler.pending()).toBe(1);
      for (const each of takers) each.unsubscribe();
      expect(scheduler.pending()).toBe(0);
    }));

  it('waits for months in steps that timers can take', () =>
    virtualTime(({ scheduler, expectObservable, flush }) => {
      const monthMs = 30 * 24 * 3_600_000;
      const take$ = tokenBucket({ count: 1, perMs: monthMs, scheduler });
      expectObservable(take$).toBe('(a|)', { a: undefined });
      expectObservable(take$).toBe(`${monthMs}ms (a|)`, { a: undefined });
      flush();
      expect(Math.max(...scheduler.delays)).toBe(2 ** 31 - 1);
    }));

  it('goes on where its clock is set back', () =>
    virtualTime(({ scheduler, expectObservable, at }) => {
      let offsetMs = 0;
      const clock = { now: () => scheduler.now() + offsetMs };
      const take$ = tokenBucket({ count: 1, perMs: 1_000, scheduler, clock });
      expectObservable(take$).toBe('(a|)', { a: undefined });
      at(99.5, () => (offsetMs = -86_400_000));
      expectObservable(take$, '200ms ^').toBe('1200ms (a|)', { a: undefined });
    }));

  it.each([
    { count: 0, perMs: 1_000 },
    { count: NaN, perMs: 1_000 },
    { count: 1, perMs: -1 },
    { count: 1, perMs: Infinity },
    { count: 1, perMs: 1_000, burst: 0.5 },
  ])('refuses %j', (options) => {
    expect(() => tokenBucket(options)).toThrow(TypeError);
  });

  it('never gives out more than it holds and what has come back, in any stretch of time', () => {
    const limit = fc.record({
      count: fc.integer({ min: 1, max: 7 }),
      perMs: fc.integer({ min: 1, max: 1_000 }),
      burst: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(limit, fc.array(fc.nat(3_000), { maxLength: 30 }), (options, arrivals) =>
        virtualTime(({ scheduler, at, flush }) => {
          const take$ = tokenBucket({ ...options, scheduler });
          const takenAtMs: number[] = [];
          for (const arrival of arrivals) at(arrival, () => take$.subscribe(() => takenAtMs.push(scheduler.now())));
          flush();
          expect(takenAtMs).toHaveLength(arrivals.length);
          for (const [from, start] of takenAtMs.entries()) {
            for (const [to, end] of takenAtMs.slice(from).entries()) {
              const most = options.burst + ((end - start) * options.count) / options.perMs;
              expect(to + 1).toBeLessThanOrEqual(most + 1e-6);
            }
          }
        }),
      ),
      { numRuns: 100 },
    );
  });
});
