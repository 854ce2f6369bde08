import fc from 'fast-check';
import { EMPTY, finalize, ignoreElements, NEVER, type Observable, of, repeat, retry, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { gate, type GateOptions } from '../../lib/rx/gate.js';
import { type Marbles, virtualTime } from '../support/marbles.js';

const tooLong = (leftMs: number) => `closed for ${leftMs} ms`;

/** A gate with places enough, closed for longer than 1 s for nobody. */
const gateIn = ({ scheduler }: Marbles, options: Partial<GateOptions> = {}) =>
  gate({ places: 100, maxWaitMs: 1_000, scheduler, ...options });

/** Enters `count` times at a frame and notes when each went in. */
const entering = (marbles: Marbles, run: ReturnType<typeof gate>['run'], frame: number, count: number, log: number[]) =>
  marbles.at(frame, () => {
    for (let each = 0; each < count; each++) {
      run(() => {
        log.push(Math.floor(marbles.scheduler.now()));
        return EMPTY;
      }).subscribe();
    }
  });

describe('an open gate', () => {
  it('lets in at once, without a timer and without reading the clock', () =>
    virtualTime(({ scheduler, cold, expectObservable, flush }) => {
      const clock = {
        now: () => {
          throw new Error('read');
        },
      };
      const { run } = gate({ places: 1, scheduler, clock });
      expectObservable(run(() => cold('-a|'))).toBe('-a|');
      expectObservable(run(() => cold('-a|'))).toBe('---a|');
      flush();
      expect(scheduler.delays).toEqual([]);
      expect(scheduler.pending()).toBe(0);
    }));
});

describe('a closed gate', () => {
  it('holds those who come, and lets them in one by one when the time is over, faster and faster', () =>
    virtualTime((marbles) => {
      const { run, close, state } = gateIn(marbles);
      const log: number[] = [];
      close(500, tooLong);
      entering(marbles, run, 0, 3, log);
      entering(marbles, run, 400, 2, log);
      marbles.at(450, () => expect(state()).toMatchObject({ status: 'closed', waiting: 5 }));
      marbles.at(550, () => expect(state()).toMatchObject({ status: 'opening', waiting: 4 }));
      marbles.flush();
      expect(log).toEqual([500, 600, 690, 771, 843]);
      expect(state().status).toBe('open');
    }));

  it('lets in those who come later one by one too, while others wait', () =>
    virtualTime((marbles) => {
      const { run, close } = gateIn(marbles);
      const log: number[] = [];
      close(100, tooLong);
      entering(marbles, run, 0, 2, log);
      entering(marbles, run, 150, 2, log);
      marbles.flush();
      expect(log).toEqual([100, 200, 290, 371]);
    }));

  it('spreads those who come just as the time is over, and is open after a pause', () =>
    virtualTime((marbles) => {
      const { run, close, state } = gateIn(marbles);
      const log: number[] = [];
      close(100, tooLong);
      entering(marbles, run, 100, 3, log);
      entering(marbles, run, 1_000, 3, log);
      marbles.flush();
      expect(log).toEqual([100, 200, 290, 1_000, 1_000, 1_000]);
      expect(state().status).toBe('open');
    }));

  it('is open after a second though there are always some who wait', () =>
    virtualTime((marbles) => {
      const { run, close, state } = gateIn(marbles, { places: 4 });
      const log: number[] = [];
      close(100, tooLong);
      for (let worker = 0; worker < 8; worker++) {
        const work = run(() => {
          log.push(marbles.scheduler.now());
          return marbles.cold('10ms |');
        });
        work.pipe(repeat(50)).subscribe();
      }
      marbles.at(1_200, () => expect(state().status).toBe('open'));
      marbles.flush();
      expect(log).toHaveLength(400);
      const busy = log.filter((each) => each > 1_200);
      expect(busy.length).toBeGreaterThan(250);
      // Four at a time, 10 ms each.
      expect(Math.max(...busy) - 1_200).toBeLessThanOrEqual(10 * Math.ceil(busy.length / 4) + 100);
    }));

  it('that nobody comes to sets no timer', () =>
    virtualTime((marbles) => {
      const { close, state } = gateIn(marbles);
      close(100, tooLong);
      marbles.at(50, () => expect(state()).toEqual({ status: 'closed', leftMs: 49.5, waiting: 0 }));
      marbles.at(100, () => expect(state()).toEqual({ status: 'closed', leftMs: -0.5, waiting: 0 }));
      marbles.flush();
      expect(marbles.scheduler.delays).toEqual([]);
    }));

  it('is not closed for no time, and opening is not undone by that', () =>
    virtualTime((marbles) => {
      const { run, close, state } = gateIn(marbles);
      const log: number[] = [];
      close(0, tooLong);
      expect(state().status).toBe('open');
      close(100, tooLong);
      entering(marbles, run, 0, 3, log);
      marbles.at(149.5, () => close(0, tooLong));
      marbles.flush();
      expect(log).toEqual([100, 200, 290]);
    }));

  it('lets those in who wait, when its clock is set forward and somebody comes', () =>
    virtualTime((marbles) => {
      let offsetMs = 0;
      const clock = { now: () => marbles.scheduler.now() + offsetMs };
      const { run, close } = gateIn(marbles, { clock });
      const log: number[] = [];
      close(900, tooLong);
      entering(marbles, run, 0, 1, log);
      marbles.at(299.5, () => (offsetMs = 3_600_000));
      entering(marbles, run, 300, 1, log);
      marbles.flush();
      expect(log).toEqual([300, 400]);
    }));

  it('refuses nobody for the time between two that go in', () =>
    virtualTime((marbles) => {
      const { run, close } = gateIn(marbles, { maxWaitMs: 50 });
      const log: number[] = [];
      close(40, tooLong);
      entering(marbles, run, 0, 3, log);
      marbles.flush();
      expect(log).toEqual([40, 140, 230]);
    }));

  it('starts nothing for who leaves as it is let in', () =>
    virtualTime((marbles) => {
      const { run, close, changes$ } = gateIn(marbles, { places: 1 });
      let started = 0;
      close(100, tooLong);
      const leaving = run(() => (started++, NEVER)).subscribe();
      changes$.subscribe(() => leaving.unsubscribe());
      const log: number[] = [];
      entering(marbles, run, 0, 1, log);
      marbles.flush();
      expect([started, log]).toEqual([0, [200]]);
    }));

  it('closes again for those who still wait', () =>
    virtualTime((marbles) => {
      const { run, close } = gateIn(marbles);
      const log: number[] = [];
      close(100, tooLong);
      entering(marbles, run, 0, 3, log);
      marbles.at(149.5, () => close(500, tooLong));
      marbles.flush();
      expect(log).toEqual([100, 650, 750]);
    }));

  it('stays closed for the longer of two times', () =>
    virtualTime((marbles) => {
      const { run, close } = gateIn(marbles);
      const log: number[] = [];
      close(500, tooLong);
      close(100, tooLong);
      entering(marbles, run, 0, 1, log);
      marbles.at(199.5, () => close(600, tooLong));
      marbles.flush();
      expect(log).toEqual([800]);
    }));

  it('holds those who wait for a place when it is closed', () =>
    virtualTime((marbles) => {
      const { run, close } = gateIn(marbles, { places: 1 });
      const log: number[] = [];
      run(() => marbles.cold('50ms |')).subscribe();
      entering(marbles, run, 10, 1, log);
      marbles.at(19.5, () => close(300, tooLong));
      marbles.flush();
      expect(log).toEqual([320]);
    }));

  it('forgets who is unsubscribed in the queue, and drops its timer with the last', () =>
    virtualTime((marbles) => {
      const { run, close } = gateIn(marbles);
      const log: number[] = [];
      const waiting = run(() => NEVER);
      close(500, tooLong);
      const one = waiting.subscribe();
      const other = waiting.subscribe();
      entering(marbles, run, 0, 1, log);
      marbles.at(10, () => one.unsubscribe());
      marbles.at(20, () => other.unsubscribe());
      marbles.flush();
      expect(log).toEqual([500]);

      close(500, tooLong);
      const last = waiting.subscribe();
      expect(marbles.scheduler.pending()).toBe(1);
      last.unsubscribe();
      expect(marbles.scheduler.pending()).toBe(0);
    }));

  it('keeps its place for nobody who left while the gate was opening', () =>
    virtualTime((marbles) => {
      const { run, close } = gateIn(marbles, { places: 1 });
      close(100, tooLong);
      const first = run(() => NEVER).subscribe();
      const second = run(() => NEVER).subscribe();
      const log: number[] = [];
      entering(marbles, run, 0, 1, log);
      marbles.at(150, () => second.unsubscribe());
      marbles.at(300, () => first.unsubscribe());
      marbles.flush();
      expect(log).toEqual([300]);
    }));

  it('refuses at once who would wait for longer than is waited, in the queue or coming', () =>
    virtualTime((marbles) => {
      const { run, close, state } = gateIn(marbles);
      const { expectObservable, at, flush } = marbles;
      close(500, tooLong);
      expectObservable(run(() => of('a'))).toBe('200ms #', undefined, 'closed for 5000 ms');
      at(199.5, () => close(5_000, tooLong));
      expectObservable(
        run(() => of('a')),
        '1000ms ^',
      ).toBe('1000ms #', undefined, 'closed for 4200 ms');
      // Near its end it is waited for.
      expectObservable(
        run(() => of('a')),
        '4200ms ^',
      ).toBe('5200ms (a|)');
      at(1_500, () => expect(state()).toMatchObject({ status: 'closed', waiting: 0 }));
      flush();
    }));

  it('refuses those as well who wait for a place', () =>
    virtualTime((marbles) => {
      const { run, close } = gateIn(marbles, { places: 1 });
      run(() => NEVER.pipe(take(1))).subscribe();
      marbles.expectObservable(run(() => of('a'))).toBe('20ms #', undefined, 'closed for 5000 ms');
      marbles.at(19.5, () => close(5_000, tooLong));
    }));

  it('refuses who comes back at once as often as it comes', () =>
    virtualTime((marbles) => {
      const { run, close } = gateIn(marbles);
      let asked = 0;
      close(5_000, (leftMs) => `${++asked}: ${tooLong(leftMs)}`);
      marbles.expectObservable(run(() => of('a')).pipe(retry(3))).toBe('#', undefined, '4: closed for 5000 ms');
    }));

  it('waits however long where nothing else is said, in steps that timers can take', () =>
    virtualTime((marbles) => {
      const { run, close } = gate({ places: 1, scheduler: marbles.scheduler });
      const log: number[] = [];
      const monthMs = 30 * 24 * 3_600_000;
      close(monthMs, tooLong);
      entering(marbles, run, 0, 1, log);
      marbles.flush();
      expect(log).toEqual([monthMs]);
      expect(Math.max(...marbles.scheduler.delays)).toBe(2 ** 31 - 1);
    }));

  it('does not wait for longer than it was closed for where the clock is set back', () =>
    virtualTime((marbles) => {
      let offsetMs = 0;
      const clock = { now: () => marbles.scheduler.now() + offsetMs };
      const { run, close } = gateIn(marbles, { clock });
      const log: number[] = [];
      close(500, tooLong);
      offsetMs = -3_600_000;
      entering(marbles, run, 0, 1, log);
      marbles.flush();
      expect(log).toEqual([500]);
    }));

  it('tells of each change, also that it is closed for longer', () =>
    virtualTime((marbles) => {
      const { run, close, changes$, state } = gateIn(marbles);
      const seen: string[] = [];
      changes$.subscribe(() => seen.push(state().status));
      const log: number[] = [];
      close(100, tooLong);
      close(200, tooLong);
      entering(marbles, run, 0, 3, log);
      marbles.flush();
      expect(seen).toEqual(['closed', 'closed', 'opening', 'opening', 'open']);
    }));

  it('can be closed by the work that it lets in', () =>
    virtualTime((marbles) => {
      const { run, close } = gateIn(marbles);
      const log: number[] = [];
      const closing = () => {
        log.push(marbles.scheduler.now());
        if (log.length < 3) close(300, tooLong);
        return EMPTY;
      };
      for (let each = 0; each < 4; each++) run(closing).subscribe();
      marbles.flush();
      expect(log).toEqual([0, 300, 600, 700]);
    }));
});

describe('whatever comes, goes and closes', () => {
  const visitor = fc.record({ at: fc.nat(2_000), lastsMs: fc.nat(300), leavesAfterMs: fc.nat(3_000) });
  const closing = fc.record({ at: fc.nat(2_000), ms: fc.nat(900) });

  it('nobody goes in while it is closed, nobody waits for ever, no timer is left', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3 }),
        fc.array(visitor, { maxLength: 20 }),
        fc.array(closing, { maxLength: 4 }),
        (places, visitors, closings) =>
          virtualTime((marbles) => {
            const { run, close, state } = gateIn(marbles, { places });
            let closedUntilMs = 0;
            let running = 0;
            let left = visitors.length;
            for (const { at, ms } of closings) {
              marbles.at(at, () => {
                close(ms, tooLong);
                closedUntilMs = Math.max(closedUntilMs, marbles.scheduler.now() + ms);
              });
            }
            for (const { at, lastsMs, leavesAfterMs } of visitors) {
              marbles.at(at, () => {
                const work = (): Observable<never> => {
                  expect(marbles.scheduler.now()).toBeGreaterThanOrEqual(closedUntilMs);
                  expect(++running).toBeLessThanOrEqual(places);
                  return marbles.cold(`${lastsMs}ms |`).pipe(
                    ignoreElements(),
                    finalize(() => running--),
                  );
                };
                const visit = run(work)
                  .pipe(finalize(() => left--))
                  .subscribe();
                marbles.at(leavesAfterMs, () => visit.unsubscribe());
              });
            }
            marbles.flush();
            expect({ left, running, waiting: state().waiting }).toEqual({ left: 0, running: 0, waiting: 0 });
          }),
      ),
      { numRuns: 100 },
    );
  });
});
