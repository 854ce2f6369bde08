import fc from 'fast-check';
import {
  concat,
  concatMap,
  defer,
  EMPTY,
  finalize,
  from,
  NEVER,
  of,
  range,
  Subject,
  take,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { revisit, type RevisitOptions } from '../../lib/rx/revisit.js';
import { type Marbles, virtualTime } from '../support/marbles.js';
import { record } from '../support/virtual-time.js';

interface State {
  readonly dueMs: number;
  readonly againMs?: number;
}

/** Options by which each value is what is said of it: at the first look, the second and so on; the last holds. */
const options = (
  { scheduler }: Pick<Marbles, 'scheduler'>,
  said: Readonly<Record<string, readonly State[]>>,
  more: Partial<RevisitOptions<string, State>> = {},
) => {
  const looks: string[] = [];
  const made: RevisitOptions<string, State> = {
    look: (value) =>
      defer(() => {
        const count = looks.filter((each) => each.startsWith(`${value} `)).length;
        looks.push(`${value} ${scheduler.now()}`);
        return of((said[value]?.[count] ?? said[value]?.at(-1)) as State);
      }),
    known: () => undefined,
    dueAt: ({ dueMs }) => new Date(dueMs),
    lookAgainAt: ({ againMs }) => (againMs === undefined ? undefined : new Date(againMs)),
    maxLooks: 2,
    scheduler,
    ...more,
  };
  return { made, looks };
};

describe('revisit', () => {
  it('passes each value on when it is due, and completes after the last', () =>
    virtualTime((marbles) => {
      const { made, looks } = options(marbles, { a: [{ dueMs: 6 }], b: [{ dueMs: 4 }], c: [{ dueMs: 0 }] });
      marbles.expectObservable(marbles.cold('(abc|)').pipe(revisit(made))).toBe('c---b-(a|)');
      marbles.flush();
      expect(looks).toEqual(['a 0', 'b 0', 'c 0']);
    }));

  it('looks again when it is time, and moves a value forth and back', () =>
    virtualTime((marbles) => {
      const { made, looks } = options(marbles, {
        a: [{ dueMs: 10, againMs: 2 }, { dueMs: 20, againMs: 6 }, { dueMs: 5 }],
        b: [
          { dueMs: 10, againMs: 8 },
          { dueMs: 12, againMs: 100 },
        ],
      });
      marbles.expectObservable(marbles.cold('(ab)-|').pipe(revisit(made))).toBe('------a-----(b|)');
      marbles.flush();
      expect(looks).toEqual(['a 0', 'b 0', 'a 2', 'a 6', 'b 8']);
    }));

  it('does not look before its time at what is known already, nor at what is due by that', () =>
    virtualTime((marbles) => {
      const known: Record<string, State> = {
        a: { dueMs: -5 },
        b: { dueMs: 9, againMs: 3 },
        c: { dueMs: 5, againMs: -1 },
      };
      const { made, looks } = options(
        marbles,
        { b: [{ dueMs: 4 }], c: [{ dueMs: 2 }] },
        { known: (value) => known[value] },
      );
      marbles.expectObservable(marbles.cold('(abc|)').pipe(revisit(made))).toBe('a-c-(b|)');
      marbles.flush();
      expect(looks).toEqual(['c 0', 'b 3']);
    }));

  it('gives a look what was known before it', () =>
    virtualTime((marbles) => {
      const seen: unknown[] = [];
      const { made } = options(
        marbles,
        {},
        {
          look: (_, last) => (seen.push(last), of({ dueMs: 3, againMs: marbles.scheduler.now() + 1 })),
        },
      );
      marbles.expectObservable(marbles.cold('a|').pipe(revisit(made))).toBe('---(a|)');
      marbles.flush();
      expect(seen).toEqual([undefined, { dueMs: 3, againMs: 1 }, { dueMs: 3, againMs: 2 }]);
    }));

  it('has so many looks at a time, first come, first served, and passes on what is due meanwhile', () =>
    virtualTime((marbles) => {
      const { scheduler } = marbles;
      const started: string[] = [];
      const look = (value: string) =>
        defer(
          () => (
            started.push(`${value} ${scheduler.now()}`),
            timer(10, scheduler).pipe(concatMap(() => of({ dueMs: 0 })))
          ),
        );
      const { made } = options(marbles, {}, { look, known: (value) => (value === 'x' ? { dueMs: 5 } : undefined) });
      marbles.expectObservable(marbles.cold('(abcdx|)').pipe(revisit(made))).toBe('-----x----(ab)------(cd|)');
      marbles.flush();
      expect(started).toEqual(['a 0', 'b 0', 'c 10', 'd 10']);
    }));

  it('takes the first that a look emits, and ends the look with it', () =>
    virtualTime((marbles) => {
      let ended = 0;
      const look = () => concat(of({ dueMs: 2 }), NEVER).pipe(finalize(() => ended++));
      const { made } = options(marbles, {}, { look });
      marbles.expectObservable(marbles.cold('(ab|)').pipe(revisit(made))).toBe('--(ab|)');
      marbles.flush();
      expect(ended).toBe(2);
    }));

  it('errors with its source and with a look, at once, and drops the rest', () =>
    virtualTime((marbles) => {
      const { cold, expectObservable } = marbles;
      const { made } = options(marbles, { a: [{ dueMs: 9 }] });
      expectObservable(cold('a--#').pipe(revisit(made))).toBe('---#');
      const look = (value: string) => (value === 'b' ? throwError(() => 'broken') : of({ dueMs: 9 }));
      expectObservable(cold('a--b').pipe(revisit({ ...made, look }))).toBe('---#', {}, 'broken');
      const throwing = () => {
        throw 'thrown';
      };
      expectObservable(cold('a--b').pipe(revisit({ ...made, look: throwing }))).toBe('#', {}, 'thrown');
      expectObservable(cold('a--b').pipe(revisit({ ...made, known: throwing }))).toBe('#', {}, 'thrown');
      expectObservable(cold('a').pipe(revisit({ ...made, look: () => EMPTY }), take(1))).toBe(
        '#',
        {},
        expect.objectContaining({ name: 'EmptyError' }),
      );
    }));

  it('ends its looks, its timer and its source when it is unsubscribed', () =>
    virtualTime((marbles) => {
      let open = 0;
      const look = (value: string) =>
        value === 'a' ? of({ dueMs: 50 }) : defer(() => (open++, NEVER.pipe(finalize(() => open--))));
      const { made } = options(marbles, {}, { look });
      const source = marbles.cold('(abcd)');
      const results = record(source.pipe(revisit(made)));
      marbles.at(4, () => {
        expect([open, marbles.scheduler.pending()]).toEqual([2, 1]);
        results.unsubscribe();
        expect([open, marbles.scheduler.pending(), results.values]).toEqual([0, 0, []]);
      });
    }));

  it('can be left within a source that never stops emitting', () =>
    virtualTime((marbles) => {
      let emitted = 0;
      const { made } = options(marbles, {}, { look: () => of({ dueMs: 0 }) });
      const endless = range(0, 1e6).pipe(tap(() => emitted++));
      const results = record(
        endless.pipe(
          concatMap((each) => of(String(each))),
          revisit(made),
          take(3),
        ),
      );
      expect([results.values, emitted < 10]).toEqual([['0', '1', '2'], true]);
    }));

  it('takes a value that comes while another is passed on', () =>
    virtualTime((marbles) => {
      const source = new Subject<string>();
      const { made } = options(marbles, { a: [{ dueMs: 3 }], b: [{ dueMs: 3 }], c: [{ dueMs: 8 }] });
      const results = record(source.pipe(revisit(made)), (value) => {
        if (value === 'a') source.next('b');
        if (value === 'b') {
          source.next('c');
          source.complete();
        }
      });
      source.next('a');
      marbles.flush();
      expect([results.values, results.isComplete, marbles.scheduler.now()]).toEqual([['a', 'b', 'c'], true, 8]);
    }));

  it('passes every value on once, at the first moment at which it is known to be due, whatever is said of them', () => {
    const state = fc.record({ dueMs: fc.nat(40), againMs: fc.option(fc.nat(10), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(fc.array(state, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), (said) =>
        virtualTime(({ scheduler, flush }) => {
          let most = 0;
          const passed = new Map<number, number>();
          const turns = said.map(() => 0);
          from(said.keys())
            .pipe(
              revisit<number, { dueMs: number; nextMs: number | undefined }>({
                look: (index) => {
                  const turn = Math.min(turns[index] ?? 0, (said[index]?.length ?? 1) - 1);
                  turns[index] = (turns[index] ?? 0) + 1;
                  const { dueMs, againMs } = said[index]?.[turn] as { dueMs: number; againMs?: number };
                  return of({ dueMs, nextMs: againMs === undefined ? undefined : scheduler.now() + againMs + 1 });
                },
                known: () => undefined,
                dueAt: ({ dueMs }) => new Date(dueMs),
                lookAgainAt: ({ nextMs }) => (nextMs === undefined ? undefined : new Date(nextMs)),
                maxLooks: 3,
                scheduler,
              }),
            )
            .subscribe((index) => {
              expect(passed.has(index)).toBe(false);
              passed.set(index, scheduler.now());
              most = Math.max(most, scheduler.pending());
            });
          flush();
          const expected = said.map((states) => {
            let nowMs = 0;
            for (let turn = 0; ; turn++) {
              const { dueMs, againMs } = states[Math.min(turn, states.length - 1)] as State;
              const againAtMs = againMs === undefined ? Infinity : nowMs + againMs + 1;
              if (Math.max(dueMs, nowMs) <= againAtMs) return Math.max(dueMs, nowMs);
              nowMs = againAtMs;
            }
          });
          expect(said.map((_, index) => passed.get(index))).toEqual(expected);
          expect(most).toBeLessThanOrEqual(1);
        }),
      ),
      { numRuns: 100 },
    );
  });
});
