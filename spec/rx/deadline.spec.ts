import { EMPTY, NEVER, type Observable, of, range, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { deadline } from '../../lib/rx/deadline.js';
import { virtualTime } from '../support/marbles.js';

const onTimeout = (last: string | undefined) => `late after ${last ?? 'nothing'}`;

describe('deadline', () => {
  it.each<[string, Observable<unknown>, unknown[]]>([
    ['emits and completes', of(1, 2), [1, 2, 'complete']],
    ['completes', EMPTY, ['complete']],
    ['errors', throwError(() => 'broken'), ['broken']],
    ['emits very often', range(0, 10_000), [...Array(10_000).keys(), 'complete']],
  ])('sets no timer for a synchronous source that %s', (_, source, expected) =>
    virtualTime(({ scheduler }) => {
      const seen: unknown[] = [];
      source.pipe(deadline({ forMs: 5, scheduler, onTimeout: () => 'late' })).subscribe({
        next: (value) => seen.push(value),
        error: (error: unknown) => seen.push(error),
        complete: () => seen.push('complete'),
      });
      expect(seen).toEqual(expected);
      expect(scheduler.delays).toEqual([]);
    }),
  );

  it('passes on what comes in time, sets one timer and takes it back', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions, scheduler, at, flush }) => {
      const source = cold('-a-b--|');
      expectObservable(source.pipe(deadline({ forMs: 7, scheduler, onTimeout }))).toBe('-a-b--|');
      expectSubscriptions(source.subscriptions).toBe('^-----!');
      at(6, () => expect(scheduler.pending()).toBe(0));
      flush();
      expect(scheduler.delays).toEqual([7]);
    }));

  it('passes on an error that comes in time and takes its timer back', () =>
    virtualTime(({ cold, expectObservable, scheduler, at }) => {
      expectObservable(cold('-a-#').pipe(deadline({ forMs: 9, scheduler, onTimeout }))).toBe('-a-#');
      at(3, () => expect(scheduler.pending()).toBe(0));
    }));

  it('limits the whole, not the time between values, and says what was seen last', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions, scheduler }) => {
      const source = cold('a-b-c-d-e-f-g|');
      expectObservable(source.pipe(deadline({ forMs: 5, scheduler, onTimeout }))).toBe(
        'a-b-c#',
        undefined,
        'late after c',
      );
      expectSubscriptions(source.subscriptions).toBe('^----!');
    }));

  it('knows that nothing was seen', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions, scheduler }) => {
      const source = cold<string>('-');
      expectObservable(source.pipe(deadline({ forMs: 3, scheduler, onTimeout }))).toBe(
        '---#',
        undefined,
        'late after nothing',
      );
      expectSubscriptions(source.subscriptions).toBe('^--!');
    }));

  it('lets a value of the last millisecond through', () =>
    virtualTime(({ cold, expectObservable, scheduler }) => {
      expectObservable(cold('---a-').pipe(deadline({ forMs: 3, scheduler, onTimeout }))).toBe(
        '---(a#)',
        undefined,
        'late after a',
      );
      expectObservable(cold('---(a|)').pipe(deadline({ forMs: 3, scheduler, onTimeout }))).toBe('---(a|)');
    }));

  it.each([0, -5])('%d ms: only what is synchronous is in time', (forMs) =>
    virtualTime(({ expectObservable, scheduler }) => {
      expectObservable(of('a').pipe(deadline({ forMs, scheduler, onTimeout }))).toBe('(a|)');
      expectObservable(NEVER.pipe(deadline({ forMs, scheduler, onTimeout }))).toBe(
        '#',
        undefined,
        'late after nothing',
      );
    }),
  );

  it('takes an instant by a clock', () =>
    virtualTime(({ cold, expectObservable, scheduler }) => {
      const startMs = Date.UTC(2026, 5, 1);
      const clock = { now: () => startMs + scheduler.now() };
      const limited = cold('-a-------').pipe(deadline({ at: new Date(startMs + 5), scheduler, clock, onTimeout }));
      expectObservable(limited, '^').toBe('-a---#', undefined, 'late after a');
      expectObservable(limited, '---^').toBe('----a#', undefined, 'late after a');
    }));

  it('errors at once where the instant is over, if the source is not done by then', () =>
    virtualTime(({ cold, expectObservable, scheduler }) => {
      const at = new Date(-5);
      expectObservable(cold('-a|').pipe(deadline({ at, scheduler, onTimeout }))).toBe(
        '#',
        undefined,
        'late after nothing',
      );
      expectObservable(of('a').pipe(deadline({ at, scheduler, onTimeout }))).toBe('(a|)');
    }));

  it('counts from each subscription', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const limited = NEVER.pipe(deadline({ forMs: 4, scheduler, onTimeout }));
      expectObservable(limited, '^').toBe('----#', undefined, 'late after nothing');
      expectObservable(limited, '---^').toBe('-------#', undefined, 'late after nothing');
    }));

  it('does not take over the last value of an earlier subscription', () =>
    virtualTime(({ hot, expectObservable, scheduler }) => {
      const limited = hot('-a---------').pipe(deadline({ forMs: 4, scheduler, onTimeout }));
      expectObservable(limited, '^').toBe('-a--#', undefined, 'late after a');
      expectObservable(limited, '--^').toBe('------#', undefined, 'late after nothing');
    }));

  it('takes more than the longest timer', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const forMs = 30 * 86_400_000;
      expectObservable(NEVER.pipe(deadline({ forMs, scheduler, onTimeout }))).toBe(
        `${forMs}ms #`,
        undefined,
        'late after nothing',
      );
    }));

  it('leaves no timer and no subscription when it is unsubscribed', () =>
    virtualTime(({ cold, expectObservable, expectSubscriptions, scheduler, at }) => {
      const source = cold('-a-b-c');
      expectObservable(source.pipe(deadline({ forMs: 9, scheduler, onTimeout })), '^--!').toBe('-a-');
      expectSubscriptions(source.subscriptions).toBe('^--!');
      at(3, () => expect(scheduler.pending()).toBe(0));
    }));

  it('errors with what onTimeout throws', () =>
    virtualTime(({ expectObservable, scheduler }) => {
      const fails = () => {
        throw 'no error to be had';
      };
      expectObservable(NEVER.pipe(deadline({ forMs: 2, scheduler, onTimeout: fails }))).toBe(
        '--#',
        undefined,
        'no error to be had',
      );
    }));

  it('uses the async scheduler where none is given', () =>
    virtualTime(({ expectObservable }) => {
      expectObservable(NEVER.pipe(deadline({ forMs: 2, onTimeout }))).toBe('--#', undefined, 'late after nothing');
    }));
});
