import { map, mergeMap, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeError,
  AcmePortError,
  AcmeTimeoutError,
  type ChallengeSolver,
  type IssuanceOptions,
  obtainCertificate,
  toCertificate,
} from '../../lib/index.js';
import { bend } from '../request/scripts.js';
import { type CaSettings, problem, type ScriptedCa } from '../support/scripted-ca.js';
import { nameOf, recordingSolver, syncBench } from '../support/sync-ports.js';
import { completed, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { ofType, told } from './told.js';

const identifiers = ['a.test', 'b.test'];
const failure = new Error('the zone is locked');

function bench(
  time: VirtualTime,
  settings: CaSettings,
  behaviour: Partial<ChallengeSolver> = {},
  options: Partial<IssuanceOptions> = {},
) {
  const detached: AcmeError[] = [];
  const made = syncBench(time.scheduler, settings, { onDetachedError: (error) => detached.push(error) });
  const solver = recordingSolver(behaviour, time.scheduler);
  const events$ = obtainCertificate(made.account, { identifiers, solvers: [solver], ...options });
  return { ...made, detached, solver, events$ };
}

describe('a clean-up', () => {
  it('waits until the order has moved, not only until a challenge was looked at', () =>
    virtualTime((time) => {
      const { events$, solver } = bench(time, {
        validationMs: 4_000,
        latencyMs: 10,
        retryAfter: { challenge: '1', order: '2' },
      });
      expect(completed(time, events$).isComplete).toBe(true);
      const cleanedAt = solver.calls.filter(({ what }) => what === 'cleanUp').map(({ atMs }) => atMs);
      expect(cleanedAt).toHaveLength(2);
      expect(Math.min(...cleanedAt)).toBeGreaterThanOrEqual(4_000);
    }));

  it.each<[string, (ca: ScriptedCa) => void]>([
    ['comes to its certificate', () => undefined],
    ['is refused at a challenge', ({ script }) => script('challenge', () => problem('unauthorized'))],
    ['fails to be validated', ({ settings }) => (settings.invalid = () => true)],
    ['cannot be read any more', ({ script }) => script('order', () => problem('malformed', { status: 404 }), 'every')],
    [
      'has an odd status',
      ({ script }) =>
        script(
          'order',
          bend((body) => ({ ...body, status: 'odd' })),
        ),
    ],
    ['is never validated', ({ settings }) => (settings.validationMs = Infinity)],
    ['is refused at finalize', ({ script }) => script('finalize', () => problem('badCSR'))],
    ['is never issued', ({ settings }) => (settings.issuanceMs = Infinity)],
  ])('happens once for each name where the order %s', (_what, script) =>
    virtualTime((time) => {
      const { ca, events$, solver, detached } = bench(time, { validationMs: 1_000, issuanceMs: 1_000 });
      script(ca);
      completed(time, events$);
      expect(solver.names('present')).toEqual(identifiers);
      expect(solver.names('cleanUp')).toEqual(identifiers);
      expect([detached, time.timers()]).toEqual([[], 0]);
    }),
  );

  it('gets the very task that was presented', () =>
    virtualTime((time) => {
      const { events$, solver } = bench(time, {});
      completed(time, events$);
      const tasks = (what: string) => solver.calls.filter((call) => call.what === what).map(({ task }) => task);
      expect(tasks('cleanUp').map((task, index) => task === tasks('present')[index])).toEqual([true, true]);
    }));

  it('happens also for the name whose present was cut short or failed', () =>
    virtualTime((time) => {
      const { events$, solver } = bench(
        time,
        {},
        { present: (task) => (nameOf(task) === 'a.test' ? throwError(() => failure) : timer(9)) },
      );
      completed(time, events$);
      expect(solver.names('cleanUp')).toEqual(identifiers);
    }));

  it('may take its time: the certificate, which is the last event, comes after it', () =>
    virtualTime((time) => {
      const { events$ } = bench(time, {}, { cleanUp: () => timer(7_000, time.scheduler) });
      time
        .expectObservable(
          events$.pipe(
            toCertificate(),
            map(() => 'c'),
          ),
        )
        .toBe('7s (c|)');
    }));
});

describe('a clean-up that fails', () => {
  it.each<[string, ChallengeSolver['cleanUp']]>([
    ['by an error', () => throwError(() => failure)],
    [
      'by throwing',
      () => {
        throw failure;
      },
    ],
  ])('%s is an event, and the certificate comes all the same', (_what, cleanUp) =>
    virtualTime((time) => {
      const { events$, detached } = bench(time, { validationMs: 100 }, { cleanUp });
      const { values, isComplete } = completed(time, events$);
      expect(isComplete).toBe(true);
      expect(ofType(values, 'certificate-issued')).toHaveLength(1);
      const failed = ofType(values, 'clean-up-failed');
      expect(failed.map(told)).toEqual(['clean-up-failed a.test http-01', 'clean-up-failed b.test http-01']);
      for (const { error } of failed) {
        expect(error).toBeInstanceOf(AcmePortError);
        expect(error).toMatchObject({ port: 'solver', cause: failure });
      }
      expect(detached).toEqual([]);
    }),
  );

  it.each([0, 10])('is told before the certificate, which is the last event (latency %i ms)', (latencyMs) =>
    virtualTime((time) => {
      const { events$ } = bench(
        time,
        { latencyMs, validationMs: 100, issuanceMs: 100 },
        { cleanUp: () => throwError(() => failure) },
      );
      const { values } = completed(time, events$);
      expect(values.at(-1)?.type).toBe('certificate-issued');
    }),
  );

  it('is told when it happens, while the order goes on', () =>
    virtualTime((time) => {
      const { events$ } = bench(
        time,
        { issuanceMs: 60_000, retryAfter: { finalize: '60' } },
        { cleanUp: () => throwError(() => failure) },
      );
      const toldAt: number[] = [];
      record(events$, ({ type }) => {
        if (type === 'clean-up-failed') toldAt.push(time.scheduler.now());
      });
      time.flush();
      expect(toldAt).toEqual([0, 0]);
    }));

  it('does not keep the others from being cleaned up', () =>
    virtualTime((time) => {
      const { events$, solver } = bench(
        time,
        {},
        { cleanUp: (task) => (nameOf(task) === 'a.test' ? throwError(() => failure) : timer(5)) },
      );
      const { values } = completed(time, events$);
      expect(ofType(values, 'clean-up-failed').map(told)).toEqual(['clean-up-failed a.test http-01']);
      expect(solver.names('cleanUp')).toEqual(identifiers);
    }));

  it('after the order failed is told before the error, which stays the order’s', () =>
    virtualTime((time) => {
      const { events$, detached } = bench(time, { invalid: () => true }, { cleanUp: () => throwError(() => failure) });
      const { values, error } = completed(time, events$);
      expect(error).toMatchObject({ code: 'authorization' });
      expect(values.slice(-2).map(({ type }) => type)).toEqual(['clean-up-failed', 'clean-up-failed']);
      expect(detached).toEqual([]);
    }));

  it('before a later step fails is told before that error', () =>
    virtualTime((time) => {
      const late = timer(5_000, time.scheduler).pipe(mergeMap(() => throwError(() => failure)));
      const { ca, events$, detached } = bench(time, { latencyMs: 10 }, { cleanUp: () => late });
      ca.script('finalize', () => problem('badCSR'));
      const { values, error } = completed(time, events$);
      expect(error).toMatchObject({ code: 'problem' });
      expect([ofType(values, 'clean-up-failed').length, detached.length]).toEqual([2, 0]);
    }));
});

describe('a clean-up that hangs', () => {
  it.each([
    ['half a minute', {}, 30_000],
    ['what the options say', { cleanUpTimeoutMs: 4_000 }, 4_000],
  ])('is given up after %s, with an event', (_what, options, limitMs) =>
    virtualTime((time) => {
      const { events$ } = bench(time, {}, { cleanUp: () => timer(999_999, time.scheduler) }, options);
      const { values, isComplete } = completed(time, events$);
      expect([isComplete, time.scheduler.now(), time.timers()]).toEqual([true, limitMs, 0]);
      const failed = ofType(values, 'clean-up-failed');
      expect(failed).toHaveLength(2);
      for (const { error } of failed) expect(error).toBeInstanceOf(AcmeTimeoutError);
    }),
  );
});
