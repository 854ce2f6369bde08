import { EMPTY, mergeMap, Subject, take, takeUntil, tap, throwError, timer, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type AcmeError,
  type AcmeInterceptor,
  type ChallengeSolver,
  newOrder,
  obtainCertificate,
  resumeOrder,
} from '../../lib/index.js';
import type { CaSettings } from '../support/scripted-ca.js';
import { recordingSolver, syncBench } from '../support/sync-ports.js';
import { completed, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { ofType } from './told.js';

const identifiers = ['a.test', '*.a.test', 'b.test'];
const slowMs = 20;

/** How long servers and solvers take. */
const paces: Record<string, { settings: CaSettings; solverMs: number }> = {
  'with everything done at once': { settings: {}, solverMs: 0 },
  'with a solver that is done at once': {
    settings: { latencyMs: 10, validationMs: 300, issuanceMs: 300 },
    solverMs: 0,
  },
  'with a solver that takes its time': {
    settings: { latencyMs: 10, validationMs: 300, issuanceMs: 300 },
    solverMs: slowMs,
  },
};
const paceNames = Object.keys(paces);

/** When a request is given up. */
type Moment = 'as it is sent' | 'in flight' | 'as its answer comes';

interface Cut {
  /** After that many events. */
  readonly events?: number;
  /** At that request, counted from 1. */
  readonly request?: number;
  readonly moment?: Moment;
}

/** One order, cut short, and all that is left of it in the end. */
function cutShort(time: VirtualTime, pace: string, { events, request, moment }: Cut, cleanUpFails = false) {
  const { settings, solverMs } = paces[pace] as (typeof paces)[string];
  const stop = new Subject<void>();
  const seen = { sent: 0, answered: 0 };
  const watch: AcmeInterceptor = (http, next) => {
    const isTheOne = ++seen.sent === request;
    if (isTheOne && moment === 'as it is sent') stop.next();
    if (isTheOne && moment === 'in flight')
      time.scheduler.schedule(() => {
        stop.next();
      }, 5);
    return next(http).pipe(
      tap(() => {
        seen.answered++;
        if (isTheOne && moment === 'as its answer comes') stop.next();
      }),
    );
  };
  const detached: AcmeError[] = [];
  const { ca, account } = syncBench(time.scheduler, settings, {
    interceptors: [watch],
    onDetachedError: (error) => detached.push(error),
  });
  const takesTime = () => (solverMs === 0 ? EMPTY : timer(solverMs, time.scheduler));
  const fails = () => takesTime().pipe(mergeMap(() => throwError(() => new Error('locked'))));
  const cleanUp = solverMs === 0 ? () => throwError(() => new Error('locked')) : fails;
  const behaviour: Partial<ChallengeSolver> = {
    present: takesTime,
    ready: takesTime,
    cleanUp: cleanUpFails ? cleanUp : takesTime,
  };
  const solver = recordingSolver(behaviour, time.scheduler);

  const left = { atMs: -1, requests: 0, presented: 0, timers: 0 };
  const noteWhatIsLeft = () => {
    if (left.atMs >= 0) return;
    Object.assign(left, {
      atMs: time.scheduler.now(),
      requests: ca.history.length,
      presented: solver.names('present').length,
    });
    time.scheduler.schedule(() => (left.timers = time.timers()));
  };
  stop.subscribe(noteWhatIsLeft);
  const events$ = obtainCertificate(account, { identifiers, solvers: [solver] }).pipe(takeUntil(stop));
  const some$ = events === undefined ? events$ : events$.pipe(take(events));
  const recording = record(some$, (_event, index) => {
    if (index + 1 === events) noteWhatIsLeft();
  });
  time.flush();
  return { ...recording, ca, solver, seen, left, detached };
}

/** How much there is to cut at: the whole order, without a cut. */
function whole(pace: string): { events: number; requests: number } {
  return virtualTime((time) => {
    const { values, isComplete, ca } = cutShort(time, pace, {});
    if (!isComplete) throw new Error('the order did not come to its end');
    return { events: values.length, requests: ca.history.length };
  });
}

const countTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

const eventCuts = paceNames.flatMap((pace) => countTo(whole(pace).events).map((events) => [pace, { events }] as const));
const moments: Moment[] = ['as it is sent', 'in flight', 'as its answer comes'];
const requestCuts = paceNames.flatMap((pace) =>
  countTo(whole(pace).requests).flatMap((request) =>
    moments
      .filter((moment) => moment !== 'in flight' || paces[pace]?.settings.latencyMs !== undefined)
      .map((moment) => [pace, { request, moment }] as const),
  ),
);

describe.each([
  ['event', eventCuts],
  ['request', requestCuts],
] as const)('unsubscribing at every %s', (_what, cuts) => {
  it.each(cuts as (readonly [string, Cut])[])(
    '%s, %j: leaves no request, no timer and nothing presented',
    (pace, cut) =>
      virtualTime((time) => {
        const { values, ca, solver, seen, left } = cutShort(time, pace, cut);
        if (cut.events !== undefined) expect(values).toHaveLength(cut.events);
        // Nothing is begun any more. (A request that is unsubscribed while it is being sent may have been sent.)
        const begun = cut.moment === 'as it is sent' ? 1 : 0;
        expect(ca.history.length - left.requests).toBeLessThanOrEqual(begun);
        expect(solver.names('present')).toHaveLength(left.presented);
        // What is in flight is aborted.
        expect(ca.aborted).toHaveLength(ca.history.length - seen.answered);
        // What was presented is withdrawn, once.
        expect(solver.names('cleanUp').sort()).toEqual(solver.names('present').sort());
        // No timer is left but those of the clean-up itself.
        const { solverMs } = paces[pace] as (typeof paces)[string];
        if (solverMs === 0) expect(left.timers).toBe(0);
        expect(time.scheduler.now()).toBeLessThanOrEqual(left.atMs + solverMs);
      }),
  );
});

describe.each([
  ['event', eventCuts],
  ['request', requestCuts],
] as const)(
  'a clean-up that fails is heard of, as an event or by onDetachedError, after unsubscribing at every %s',
  (_what, cuts) => {
    it.each(cuts as (readonly [string, Cut])[])('%s, %j', (pace, cut) =>
      virtualTime((time) => {
        const { values, solver, detached } = cutShort(time, pace, cut, true);
        const heard = ofType(values, 'clean-up-failed').length + detached.length;
        expect(heard).toBe(solver.names('cleanUp').length);
        for (const error of detached)
          expect(error).toMatchObject({ code: 'port', port: 'solver', cause: new Error('locked') });
      }),
    );
  },
);

describe('unsubscribing', () => {
  it.each(countTo(45).map((step) => step * 10))('from a resumed order after %i ms leaves nothing behind', (ms) =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { latencyMs: 10, validationMs: 100, issuanceMs: 100 });
      const solver = recordingSolver({ present: () => timer(15, time.scheduler) }, time.scheduler);
      completed(time, newOrder(account, { identifiers }));
      ca.history.length = 0;
      const recording = record(resumeOrder(account, 'https://ca.test/order/1', { solvers: [solver] }));
      const startMs = time.scheduler.now();
      let requests = 0;
      time.scheduler.schedule(() => {
        recording.unsubscribe();
        requests = ca.history.length;
        expect(time.timers()).toBe(0);
      }, ms);
      time.flush();
      expect(time.scheduler.now()).toBe(startMs + ms);
      expect(ca.history).toHaveLength(requests);
      expect(solver.names('cleanUp')).toEqual(solver.names('present'));
    }),
  );

  it('does not withdraw again what is being withdrawn', () =>
    virtualTime((time) => {
      const detached: AcmeError[] = [];
      const { account } = syncBench(time.scheduler, {}, { onDetachedError: (error) => detached.push(error) });
      const solver = recordingSolver({
        cleanUp: () => timer(500, time.scheduler).pipe(mergeMap(() => throwError(() => new Error('locked')))),
      });
      const recording = record(obtainCertificate(account, { identifiers, solvers: [solver] }));
      time.scheduler.schedule(() => {
        recording.unsubscribe();
      }, 100);
      time.flush();
      expect(solver.names('cleanUp')).toHaveLength(3);
      expect(detached).toHaveLength(3);
      expect(time.scheduler.now()).toBe(500);
    }));

  it('gives a detached clean-up its time limit, and says when that is over', () =>
    virtualTime((time) => {
      const detached: AcmeError[] = [];
      const { account } = syncBench(
        time.scheduler,
        { validationMs: 1_000 },
        { onDetachedError: (error) => detached.push(error) },
      );
      const solver = recordingSolver({ cleanUp: () => timer(99_999, time.scheduler) });
      const recording = record(obtainCertificate(account, { identifiers, solvers: [solver], cleanUpTimeoutMs: 3_000 }));
      time.scheduler.schedule(() => {
        recording.unsubscribe();
      }, 100);
      time.flush();
      expect(time.scheduler.now()).toBe(3_100);
      expect(detached.map(({ code }) => code)).toEqual(['timeout', 'timeout', 'timeout']);
    }));

  it('cuts a solver short that is presenting, and withdraws what it may have done', () =>
    virtualTime((time) => {
      const { account } = syncBench(time.scheduler);
      const presenting = time.cold('-');
      const solver = recordingSolver({ present: () => presenting });
      const recording = record(obtainCertificate(account, { identifiers: ['a.test'], solvers: [solver] }));
      time.scheduler.schedule(() => {
        recording.unsubscribe();
      }, 7);
      time.expectSubscriptions(presenting.subscriptions).toBe('^------!');
      time.flush();
      expect(solver.names('cleanUp')).toEqual(['a.test']);
    }));

  /** A solver over promises, which go on when they are left. */
  const left = (present: Promise<unknown>) => {
    const scheduler = new VirtualTimeScheduler();
    const detached: AcmeError[] = [];
    const { account } = syncBench(scheduler, {}, { onDetachedError: (error) => detached.push(error) });
    const cleanUps: number[] = [];
    const solver = {
      types: ['http-01'],
      present: () => present,
      cleanUp: () => (cleanUps.push(scheduler.now()), EMPTY),
    };
    record(obtainCertificate(account, { identifiers: ['a.test'], solvers: [solver] })).unsubscribe();
    return { scheduler, cleanUps, detached };
  };

  it('withdraws what a promise presents after it was left, and not before', async () => {
    let presented = () => {};
    const { cleanUps } = left(new Promise<void>((resolve) => (presented = resolve)));
    expect(cleanUps).toEqual([]);
    presented();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    expect(cleanUps).toEqual([0]);
  });

  it('withdraws also what is presented by a promise that never settles', async () => {
    const { scheduler, cleanUps } = left(new Promise(() => {}));
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
    scheduler.flush();
    expect(cleanUps).toHaveLength(1);
  });
});
