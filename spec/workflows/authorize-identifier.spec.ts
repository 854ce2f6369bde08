import { EMPTY, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type AcmeError,
  AcmeAuthorizationError,
  AcmeProtocolError,
  AcmeRateLimitedError,
  AcmeTimeoutError,
  AcmeUnsupportedError,
  authorizeIdentifier,
} from '../../lib/index.js';
import { type FakeCaOptions, recordingSolver } from '../../lib/testing/index.js';
import { told } from '../flows/told.js';
import { withFakeCa } from '../flows/with-fake-ca.js';
import { covers } from '../support/covers.js';
import { completed, errorOf, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';

covers('preAuthorization');

const identifier = 'a.test';
const offering = (time: VirtualTime, options: FakeCaOptions = {}, session = {}) => {
  const bench = withFakeCa(time, { preAuthorization: true, ...options }, session);
  return { ...bench, authorized$: authorizeIdentifier(bench.account, { identifier, solvers: [bench.solver] }) };
};

describe('authorizeIdentifier', () => {
  it('emits the valid authorization, and an order for it is ready at once', () =>
    virtualTime((time) => {
      const { authorized$, obtained, ca, solver } = offering(time, { validation: { delayMs: 1_000 } });
      const { values, isComplete } = completed(time, authorized$);
      expect(values).toMatchObject([{ status: 'valid', identifier: { value: identifier } }]);
      expect([isComplete, solver.presented.length, solver.withdrawn.length]).toEqual([true, 0, 1]);
      const issued = obtained({ identifiers: [identifier], solvers: [] });
      expect(issued.values.map(told)).toEqual([
        'order-created ready',
        'order-ready',
        'order-finalized valid',
        'certificate-issued',
      ]);
      expect(ca.history.count('challenge')).toBe(1);
    }));

  it('leaves the wildcard of the name to the order', () =>
    virtualTime((time) => {
      const { authorized$, obtained } = offering(time);
      completed(time, authorized$);
      const { values } = obtained({ identifiers: [identifier, `*.${identifier}`] });
      expect(values.map(told).filter((each) => each.startsWith('challenge-presented'))).toEqual([
        'challenge-presented *.a.test dns-01',
      ]);
    }));

  it('errors with the reason where the validation fails, after the proof is withdrawn', () =>
    virtualTime((time) => {
      const outcome = () => ({ type: 'connection', detail: 'nothing there' });
      const { authorized$, solver } = offering(time, { validation: { delayMs: 1_000, outcome } });
      const error = errorOf(time, authorized$);
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(error).toMatchObject({
        failures: [{ identifier: { value: identifier }, problem: { detail: 'nothing there' } }],
        url: expect.stringContaining('/authorization/'),
      });
      expect(error).not.toHaveProperty('orderUrl');
      expect(solver.withdrawn).toHaveLength(1);
    }));

  it('looks no sooner than the answer to the challenge says', () =>
    virtualTime((time) => {
      const { authorized$, ca, clock } = offering(time, { validation: { delayMs: 1_000 } });
      const startedAtMs = clock.now();
      ca.script('challenge', { headers: { 'retry-after': '7' } });
      expect(completed(time, authorized$).isComplete).toBe(true);
      const looks = ca.history.requests.filter(({ operation }) => operation === 'authorization');
      expect(looks.map((each) => each.startedAtMs - startedAtMs)).toEqual([7_000]);
    }));

  it('does not sleep for a day, but says when to come back', () =>
    virtualTime((time) => {
      const { authorized$, ca, solver } = offering(time, { validation: { delayMs: 1_000 } });
      ca.script('challenge', { headers: { 'retry-after': '86400' } });
      const error = errorOf(time, authorized$);
      expect(error).toBeInstanceOf(AcmeTimeoutError);
      expect(error).toMatchObject({ retryAfterMs: 86_400_000 });
      expect([solver.withdrawn.length, time.timers()]).toEqual([1, 0]);
    }));

  it('waits for one that is being validated already', () =>
    virtualTime((time) => {
      const { authorized$, ca, solver } = offering(time);
      ca.script('newAuthz', { edit: (json) => ({ ...json, status: 'processing' }) });
      ca.script('authorization', { edit: (json) => ({ ...json, status: 'valid' }) });
      expect(completed(time, authorized$).values).toMatchObject([{ status: 'valid' }]);
      expect(solver.calls).toEqual([]);
    }));

  it('errors where the authorization becomes that of another name', () =>
    virtualTime((time) => {
      const { authorized$, ca } = offering(time, { validation: { delayMs: 1_000 } });
      ca.script(
        'authorization',
        { edit: (json) => ({ ...json, identifier: { type: 'dns', value: 'b.test' } }) },
        'always',
      );
      expect(errorOf(time, authorized$)).toBeInstanceOf(AcmeProtocolError);
    }));

  it('errors where the solver fails, and where none fits', () =>
    virtualTime((time) => {
      const { account, ca } = offering(time);
      const locked = recordingSolver({ present: () => throwError(() => new Error('locked')) });
      const error = errorOf(time, authorizeIdentifier(account, { identifier, solvers: [locked] }));
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect([(error as Error).message, locked.withdrawn.length]).toEqual([
        'a.test (http-01): the solver failed: locked',
        1,
      ]);
      expect(errorOf(time, authorizeIdentifier(account, { identifier, solvers: [] }))).toBeInstanceOf(
        AcmeUnsupportedError,
      );
      expect(ca.history.count('challenge')).toBe(0);
    }));

  it('errors with what is not about the identifier as it is', () =>
    virtualTime((time) => {
      const { authorized$, ca, solver } = offering(time);
      ca.failNext('challenge', { type: 'rateLimited', retryAfter: '61' });
      expect(errorOf(time, authorized$)).toBeInstanceOf(AcmeRateLimitedError);
      expect(solver.withdrawn).toHaveLength(1);
    }));

  it('errors with the last look where it takes too long', () =>
    virtualTime((time) => {
      const { authorized$ } = offering(time, { validation: { delayMs: Infinity } });
      expect(errorOf(time, authorized$)).toBeInstanceOf(AcmeTimeoutError);
    }));

  it('withdraws the proof when it is left, and reports a clean-up that fails', () =>
    virtualTime((time) => {
      const reported: AcmeError[] = [];
      const { account } = offering(
        time,
        { validation: { delayMs: Infinity } },
        { onDetachedError: (error: AcmeError) => reported.push(error) },
      );
      const solver = recordingSolver({ present: () => EMPTY, cleanUp: () => throwError(() => new Error('locked')) });
      const subscription = authorizeIdentifier(account, { identifier, solvers: [solver] }).subscribe();
      subscription.unsubscribe();
      time.flush();
      expect(reported).toMatchObject([{ code: 'port', port: 'solver' }]);
      expect(time.timers()).toBe(0);
    }));

  it('leaves nothing behind, and says nothing more, whenever it is left', () => {
    for (let ms = 0; ms < 500; ms += 5) {
      virtualTime((time) => {
        const { account, ca } = offering(time, { latencyMs: 10, validation: { delayMs: 300 } });
        const slow = () => timer(20, time.scheduler);
        const solver = recordingSolver({ present: slow, ready: slow, cleanUp: slow });
        const seen = record(authorizeIdentifier(account, { identifier, solvers: [solver] }));
        const left = { values: -1, requests: -1 };
        time.scheduler.schedule(() => {
          seen.unsubscribe();
          Object.assign(left, { values: seen.values.length, requests: ca.history.requests.length });
        }, ms);
        time.flush();
        expect([ms, seen.values.length, ca.history.requests.length]).toEqual([ms, left.values, left.requests]);
        expect([solver.presented, time.timers()]).toEqual([[], 0]);
      });
    }
  });

  it('throws TypeError at the call on options that cannot work', () =>
    virtualTime((time) => {
      const { account, solver } = offering(time);
      expect(() => authorizeIdentifier(account, { identifier: '*.a.test', solvers: [solver] })).toThrow(TypeError);
      expect(() => authorizeIdentifier(account, { identifier, solvers: solver as never })).toThrow(
        /authorizeIdentifier: solvers/,
      );
    }));
});
