import { concat, defer, EMPTY, finalize, from, map, NEVER, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeTimeoutError } from '../../lib/model/errors/timeout-error.js';
import type { ChallengeSolver } from '../../lib/model/ports.js';
import {
  type SelfCheck,
  type SelfCheckLook,
  type SelfCheckProgress,
  withSelfCheck,
} from '../../lib/solvers/self-check.js';
import { completed, errorOf, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { obtainedAtFakeCa } from './at-fake-ca.js';
import { taskOf } from './tasks.js';

const task = taskOf({ type: 'http-01' });
const plain: ChallengeSolver = { types: ['http-01'], present: () => EMPTY, cleanUp: () => EMPTY };
const missing: SelfCheckLook = { passed: false, found: 'status 404, not 200' };

/** A check whose looks are these, the last one for ever, and when each of them was taken. */
function scripted({ scheduler }: VirtualTime, ...looks: readonly SelfCheckLook[]) {
  const at: number[] = [];
  const check: SelfCheck = () =>
    defer(() => of(looks[Math.min(at.push(scheduler.now()), looks.length) - 1] ?? missing));
  return { at, check };
}

const ready = (solver: ChallengeSolver) => from(solver.ready?.(task) ?? NEVER);

describe('withSelfCheck', () => {
  it('looks at once, and again until it passes: progress for each look', () =>
    virtualTime((time) => {
      const { at, check } = scripted(time, missing, missing, { passed: true });
      const solver = withSelfCheck(plain, check, { scheduler: time.scheduler, jitter: 0 });
      const { values, isComplete } = completed(time, ready(solver));
      expect(at).toEqual([0, 500, 1250]);
      const base = { type: 'self-check', identifier: task.identifier, challengeType: 'http-01' };
      expect(values).toEqual([
        { ...base, looks: 1, ...missing, nextLookMs: 500 },
        { ...base, looks: 2, ...missing, nextLookMs: 750 },
        { ...base, looks: 3, passed: true },
      ]);
      expect([isComplete, time.timers()]).toEqual([true, 0]);
    }));

  it('waits in this rhythm', () =>
    virtualTime((time) => {
      const { check } = scripted(time, missing, missing, { passed: true });
      const solver = withSelfCheck(plain, check, { scheduler: time.scheduler, jitter: 0, firstMs: 2, factor: 2 });
      const looks$ = ready(solver).pipe(map((progress) => String((progress as SelfCheckProgress).looks)));
      time.expectObservable(looks$).toBe('1-2---(3|)');
    }));

  it('ends with what was seen when the time is over: typed, and the cause kept', () =>
    virtualTime((time) => {
      const refused = new Error('connect ECONNREFUSED 192.0.2.1:80');
      const solver = withSelfCheck(plain, () => throwError(() => refused), {
        scheduler: time.scheduler,
        timeoutMs: 3_000,
      });
      const error = errorOf(time, ready(solver)) as AcmeTimeoutError;
      expect(error).toBeInstanceOf(AcmeTimeoutError);
      expect(error.message).toMatch(
        /^example\.org \(http-01\): the self-check did not pass within 3000 ms \(\d looks\): connect ECONNREFUSED/,
      );
      expect(error.cause).toBe(refused);
      expect(error.last).toMatchObject({ found: 'connect ECONNREFUSED 192.0.2.1:80' });
      expect([time.scheduler.now(), time.timers()]).toEqual([3_000, 0]);
    }));

  it('takes a look that does not end for one that did not pass', () =>
    virtualTime((time) => {
      let looks = 0;
      const check: SelfCheck = () => (looks++ === 0 ? NEVER : of({ passed: true }));
      const solver = withSelfCheck(plain, check, { scheduler: time.scheduler, jitter: 0, lookTimeoutMs: 1_000 });
      const { values, isComplete } = completed(time, ready(solver));
      expect(values).toMatchObject([{ passed: false, found: 'no answer within 1000 ms' }, { passed: true }]);
      expect([isComplete, time.scheduler.now()]).toEqual([true, 1_500]);
    }));

  it('counts what a check throws, and that it completes without a look, as seen', () =>
    virtualTime((time) => {
      const checks: SelfCheck[] = [
        () => {
          throw new TypeError('a slip');
        },
        () => EMPTY,
      ];
      for (const check of checks) {
        const solver = withSelfCheck(plain, check, { scheduler: time.scheduler, timeoutMs: 10 });
        expect(String(errorOf(time, ready(solver)))).toMatch(/a slip|completed without a look/);
      }
    }));

  it('comes after the solver’s own ready, and after a check that was put on before', () =>
    virtualTime((time) => {
      const steps: string[] = [];
      const noting =
        (step: string): SelfCheck =>
        () => (steps.push(step), of({ passed: true }));
      const own: ChallengeSolver = {
        ...plain,
        ready: () =>
          concat(
            timer(5, time.scheduler),
            defer(() => (steps.push('own'), EMPTY)),
          ),
      };
      const { scheduler } = time;
      completed(
        time,
        ready(withSelfCheck(withSelfCheck(own, noting('first'), { scheduler }), noting('second'), { scheduler })),
      );
      expect(steps).toEqual(['own', 'first', 'second']);
    }));

  it('does not look where the solver’s own ready failed', () =>
    virtualTime((time) => {
      const { at, check } = scripted(time, { passed: true });
      const own: ChallengeSolver = { ...plain, ready: () => throwError(() => new Error('own')) };
      expect(errorOf(time, ready(withSelfCheck(own, check)))).toEqual(new Error('own'));
      expect(at).toEqual([]);
    }));

  it('stops at once, at every moment, when it is left', () => {
    for (const leaveMs of [0, 1, 499, 500, 501, 2_000, 9_999])
      virtualTime((time) => {
        let open = 0;
        const check: SelfCheck = () =>
          defer(() => {
            open++;
            return timer(100, time.scheduler).pipe(
              map(() => missing),
              finalize(() => open--),
            );
          });
        const recording = record(ready(withSelfCheck(plain, check, { scheduler: time.scheduler })));
        time.scheduler.schedule(() => recording.unsubscribe(), leaveMs);
        time.flush();
        expect([time.scheduler.now(), time.timers(), open, recording.isComplete]).toEqual([leaveMs, 0, 0, false]);
      });
  });

  it('keeps everything else of the solver, its this included', () => {
    class Own implements ChallengeSolver {
      readonly types = ['x-01'];
      readonly #answer = { proof: 1 };
      present = () => EMPTY;
      cleanUp = () => EMPTY;
      response() {
        return of(this.#answer);
      }
    }
    const wrapped = withSelfCheck(new Own(), () => of({ passed: true }));
    expect(wrapped.types).toEqual(['x-01']);
    expect(record(from(wrapped.response?.(task) ?? EMPTY)).values).toEqual([{ proof: 1 }]);
    expect(withSelfCheck(plain, () => EMPTY)).not.toHaveProperty('response');
    const promise = Promise.resolve();
    expect(withSelfCheck({ ...plain, present: () => promise }, () => EMPTY).present(task)).toBe(promise);
  });

  it('throws at the call on a pace that is none', () => {
    for (const options of [{ firstMs: -1 }, { timeoutMs: Number.NaN }, { lookTimeoutMs: -1 }])
      expect(() => withSelfCheck(plain, () => EMPTY, options)).toThrow(TypeError);
  });

  it('keeps an order from being told to look for what is not there', () => {
    const never = withSelfCheck(plain, () => of(missing), { timeoutMs: 0 });
    const { ca, error } = obtainedAtFakeCa({ ca: {}, order: { identifiers: ['example.org'], solvers: [never] } });
    expect(String(error)).toContain('status 404, not 200');
    expect(ca.history.requests.filter(({ operation }) => operation === 'challenge')).toEqual([]);
  });

  it('lets an order go on that passes', () => {
    const solver = withSelfCheck(plain, () => of({ passed: true }));
    const { events } = obtainedAtFakeCa({ ca: {}, order: { identifiers: ['example.org'], solvers: [solver] } });
    expect(events.at(-1)?.type).toBe('certificate-issued');
  });
});
