import fc from 'fast-check';
import {
  concat,
  EMPTY,
  interval,
  map,
  mergeMap,
  NEVER,
  of,
  range,
  repeat,
  retry,
  Subject,
  take,
  tap,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { limitRate } from '../../lib/index.js';
import { virtualTime } from '../support/marbles.js';
import { record } from '../support/virtual-time.js';

describe('limitRate', () => {
  it('lets so many through at once, and each other one when it may', () =>
    virtualTime(({ scheduler, cold, expectObservable, expectSubscriptions }) => {
      const source = cold('(abcde|)');
      expectObservable(source.pipe(limitRate({ count: 2, perMs: 10, scheduler }))).toBe('(ab)------(cd)------(e|)');
      expectSubscriptions(source.subscriptions).toBe('(^!)');
    }));

  it('looks at every stretch of time, whenever it begins', () =>
    virtualTime(({ scheduler, cold, expectObservable }) => {
      //        a at 0, b at 6: c may pass at 10, when a is ten ago, d at 16 and no sooner
      expectObservable(cold('a-----b-(cd|)').pipe(limitRate({ count: 2, perMs: 10, scheduler }))).toBe(
        'a-----b---c-----(d|)',
      );
    }));

  it('keeps nobody waiting where there is room', () =>
    virtualTime(({ scheduler, cold, expectObservable }) => {
      expectObservable(cold('a---------b---------c|').pipe(limitRate({ count: 1, perMs: 10, scheduler }))).toBe(
        'a---------b---------c|',
      );
      expect(scheduler.delays).toEqual([]);
    }));

  it('lets through at once what is exempt, ahead of those that wait, and does not count it', () =>
    virtualTime(({ scheduler, cold, expectObservable, flush }) => {
      const asked: string[] = [];
      const exempt = (value: string) => (asked.push(value), value >= 'x');
      expectObservable(cold('(abxc)-y-(z|)').pipe(limitRate({ count: 1, perMs: 10, scheduler, exempt }))).toBe(
        '(ax)---y-z(b|)'.replace('(b|)', 'b---------(c|)'),
      );
      flush();
      expect(asked).toEqual(['a', 'b', 'x', 'c', 'y', 'z']);
    }));

  it('completes when the last has passed, at once where none waits', () =>
    virtualTime(({ scheduler, cold, expectObservable }) => {
      expectObservable(cold('(ab)-|').pipe(limitRate({ count: 2, perMs: 10, scheduler }))).toBe('(ab)-|');
      expectObservable(EMPTY.pipe(limitRate({ count: 1, perMs: 10, scheduler }))).toBe('|');
      expectObservable(NEVER.pipe(limitRate({ count: 1, perMs: 10, scheduler })), '^-!').toBe('');
    }));

  it('errors with its source at once, and drops what waits', () =>
    virtualTime(({ scheduler, cold, expectObservable }) => {
      expectObservable(cold('(ab)-#').pipe(limitRate({ count: 1, perMs: 10, scheduler }))).toBe('a----#');
    }));

  it('errors with what exempt throws', () => {
    const exempt = () => {
      throw new Error('broken');
    };
    expect(record(of(1).pipe(limitRate({ count: 1, perMs: 1, exempt }))).error).toEqual(new Error('broken'));
  });

  it('forgets what waits, and its timer, when it is unsubscribed', () =>
    virtualTime(({ scheduler, cold, expectObservable, expectSubscriptions }) => {
      const source = cold('(abc)');
      expectObservable(source.pipe(limitRate({ count: 1, perMs: 10, scheduler })), '^-----------!').toBe('a---------b');
      expectSubscriptions(source.subscriptions).toBe('^-----------!');
    }));

  it('counts for each subscription alone', () =>
    virtualTime(({ scheduler, cold, expectObservable }) => {
      const limited = cold('(ab|)').pipe(limitRate({ count: 2, perMs: 10, scheduler }));
      expectObservable(limited).toBe('(ab|)');
      expectObservable(limited.pipe(repeat(2))).toBe('(abab|)');
      let failures = 1;
      const flaky = concat(of('a'), timer(0, scheduler)).pipe(
        map((value) => {
          if (value === 0 && failures-- > 0) throw new Error('once');
          return value;
        }),
        limitRate({ count: 1, perMs: 10, scheduler }),
        retry(1),
      );
      expectObservable(flaky).toBe('(aa)------(b|)', { a: 'a', b: 0 });
    }));

  it('can be left within a source that never stops emitting', () =>
    virtualTime(({ scheduler, expectObservable, flush }) => {
      let emitted = 0;
      const endless = range(0, 1e6).pipe(tap(() => emitted++));
      expectObservable(endless.pipe(limitRate({ count: 3, perMs: 10, scheduler }), take(3))).toBe('(abc|)', {
        a: 0,
        b: 1,
        c: 2,
      });
      flush();
      expect(emitted).toBeLessThan(10);
    }));

  it('takes values that come while one is let through, after those that wait', () =>
    virtualTime(({ scheduler, flush }) => {
      const seen: number[] = [];
      const source = new Subject<number>();
      source.pipe(limitRate({ count: 2, perMs: 10, scheduler })).subscribe((value) => {
        seen.push(value);
        if (value < 4) source.next(value + 2);
      });
      source.next(1);
      source.next(2);
      source.complete();
      flush();
      expect([seen, scheduler.now()]).toEqual([[1, 3, 5, 2], 10]);
    }));

  it('has one timer, of at most 2^31-1 ms, and waits for longer than that', () =>
    virtualTime(({ scheduler, flush }) => {
      const monthMs = 31 * 24 * 3_600_000;
      let most = 0;
      const seen: number[] = [];
      range(0, 100)
        .pipe(limitRate({ count: 10, perMs: monthMs, scheduler }))
        .subscribe(() => {
          most = Math.max(most, scheduler.pending());
          seen.push(Math.floor(scheduler.now() / monthMs));
        });
      flush();
      expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => Math.floor(index / 10)));
      expect(most).toBeLessThanOrEqual(1);
      expect(Math.max(...scheduler.delays)).toBeLessThanOrEqual(2 ** 31 - 1);
    }));

  it('waits no longer than one stretch where the clock is set back', () =>
    virtualTime(({ scheduler, testScheduler, flush }) => {
      let offsetMs = 1_000_000;
      const seen: number[] = [];
      const shifted = { schedule: scheduler.schedule, now: () => testScheduler.now() + offsetMs };
      interval(1, testScheduler)
        .pipe(take(2), limitRate({ count: 1, perMs: 10, scheduler: shifted }))
        .subscribe(() => {
          seen.push(testScheduler.now());
          offsetMs = 0;
        });
      flush();
      expect(seen).toEqual([1, 12]);
    }));

  it('lets no more than that through in any stretch, keeps the order, and makes nobody wait without need', () => {
    const arrivals = fc.array(fc.nat(15), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 30 }), arrivals, (count, perMs, gaps) =>
        virtualTime(({ scheduler, testScheduler, cold, flush }) => {
          const atMs = gaps.map((_, index) => gaps.slice(0, index + 1).reduce((sum, gap) => sum + gap, 0));
          const source = cold('(0)', { 0: 0 }).pipe(
            mergeMap(() => atMs, 1),
            mergeMap((at, index) => timer(at, testScheduler).pipe(map(() => index)), Infinity),
          );
          const passed: number[] = [];
          const order: number[] = [];
          source.pipe(limitRate({ count, perMs, scheduler })).subscribe((index) => {
            order.push(index);
            passed.push(testScheduler.now());
          });
          flush();
          expect(order).toEqual(atMs.map((_, index) => index));
          for (const [index, at] of passed.entries()) {
            const free = Math.max(
              atMs[index] ?? 0,
              (passed[index - count] ?? -Infinity) + perMs,
              passed[index - 1] ?? 0,
            );
            expect(at).toBe(free);
          }
        }),
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    [{ count: 0, perMs: 1 }, 'count'],
    [{ count: 1.5, perMs: 1 }, 'count'],
    [{ count: Infinity, perMs: 1 }, 'count'],
    [{ count: 1, perMs: -1 }, 'perMs'],
    [{ count: 1, perMs: Number.NaN }, 'perMs'],
    [{ count: 1 }, 'perMs'],
  ])('throws TypeError on %j', (options, name) => {
    expect(() => limitRate(options as never)).toThrow(TypeError);
    expect(() => limitRate(options as never)).toThrow(name);
  });
});
