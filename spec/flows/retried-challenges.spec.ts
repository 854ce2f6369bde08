import { inspect } from 'node:util';
import { EMPTY, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeAuthorizationError, type ChallengeSolver, obtainCertificate } from '../../lib/index.js';
import type { FakeCaOptions } from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { completed, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { ofType, told } from './told.js';
import { withFakeCa } from './with-fake-ca.js';

covers('challenge', 'openTypes', 'statuses');

/** A server that would try again, whose validation of one name fails so many times. */
function failing(time: VirtualTime, times: number, options: FakeCaOptions = {}, name = 'slow.test') {
  let failures = 0;
  const bench = withFakeCa(time, {
    failedChallenges: 'pending',
    ...options,
    validation: {
      ...options.validation,
      outcome: ({ identifier, token }) =>
        identifier.value === name && ++failures <= times
          ? { type: 'connection', detail: `nothing at /${token ?? ''}` }
          : undefined,
    },
  });
  const startedAtMs = bench.clock.now();
  const at = (operation: string) =>
    bench.ca.history.requests
      .filter((each) => each.operation === operation)
      .map((each) => each.startedAtMs - startedAtMs);
  return { ...bench, at };
}

describe('a challenge that stays pending with an error', () => {
  it('is answered again, after two seconds, and each try is told', () =>
    virtualTime((time) => {
      const { obtained, at } = failing(time, 1);
      const { values, isComplete } = obtained({ identifiers: ['slow.test'] });
      expect(isComplete).toBe(true);
      expect(at('challenge')).toEqual([0, 2_000]);
      expect(values.map(told).slice(2, 6)).toEqual([
        'challenge-presented slow.test http-01',
        'challenge-answered slow.test http-01 pending',
        'challenge-answered slow.test http-01 valid',
        'authorization-settled slow.test valid',
      ]);
      expect(ofType(values, 'challenge-answered').map(({ problem }) => problem?.type)).toEqual([
        'urn:ietf:params:acme:error:connection',
        undefined,
      ]);
    }));

  it('is not answered again before the server wants that: RFC 8555 §8.2', () =>
    virtualTime((time) => {
      const { obtained, at, ca } = failing(time, 1);
      ca.script('challenge', { headers: { 'retry-after': '20' } }, 'always');
      expect(obtained({ identifiers: ['slow.test'] }).isComplete).toBe(true);
      expect(at('challenge')).toEqual([0, 20_000]);
    }));

  it.each([{}, { timeoutMs: 60_000 }, { maxRetryAfterMs: 60_000 }])(
    'fails with that error where the server wants that later than it is waited for: pace %j',
    (poll) =>
      virtualTime((time) => {
        const { obtained, at, ca } = failing(time, 1);
        ca.script('challenge', { headers: { 'retry-after': poll.timeoutMs === undefined ? '86400' : '61' } }, 'always');
        const { error } = obtained({ identifiers: ['slow.test'], poll });
        expect(error).toMatchObject({ failures: [{ problem: { type: 'urn:ietf:params:acme:error:connection' } }] });
        expect([at('challenge'), time.scheduler.now()]).toEqual([[0], 0]);
      }),
  );

  it('fails with that error after the fourth try, and is withdrawn only then', () =>
    virtualTime((time) => {
      const { obtained, at, solver } = failing(time, Infinity);
      const { error, values } = obtained({ identifiers: ['slow.test'] });
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(error).toMatchObject({
        failures: [
          {
            identifier: { value: 'slow.test' },
            challengeType: 'http-01',
            problem: { type: 'urn:ietf:params:acme:error:connection', detail: 'nothing at /<token>' },
          },
        ],
      });
      expect(at('challenge')).toEqual([0, 2_000, 8_000, 26_000]);
      expect([solver.presented.length, solver.withdrawn.length]).toEqual([0, 1]);
      const printed = inspect([values, error], { depth: 12 });
      for (const { token } of solver.withdrawn) expect(printed).not.toContain(token);
    }));

  it('keeps no other name waiting', () =>
    virtualTime((time) => {
      const { obtained, ca, at } = failing(time, Infinity);
      const identifiers = ['slow.test', ...Array.from({ length: 30 }, (_, index) => `n${index}.test`)];
      const { error } = obtained({ identifiers });
      expect((error as AcmeAuthorizationError).failures.map(({ identifier }) => identifier.value)).toEqual([
        'slow.test',
      ]);
      expect(at('challenge').filter((ms) => ms === 0)).toHaveLength(31);
      expect(ca.history.count('challenge')).toBe(34);
    }));

  it('is not answered again once it is invalid', () =>
    virtualTime((time) => {
      const { obtained, ca } = failing(time, 1, { failedChallenges: 'invalid' });
      expect(obtained({ identifiers: ['slow.test'] }).error).toBeInstanceOf(AcmeAuthorizationError);
      expect(ca.history.count('challenge')).toBe(1);
    }));

  it('is not answered again where it is pending without an error, which is how some servers begin', () =>
    virtualTime((time) => {
      const { obtained, ca } = withFakeCa(time, { validation: { delayMs: 5_000 } });
      ca.script('challenge', { edit: (json) => ({ ...json, status: 'pending' }) }, 'always');
      expect(obtained().isComplete).toBe(true);
      expect(ca.history.count('challenge')).toBe(1);
    }));

  it('stops when the caller leaves', () =>
    virtualTime((time) => {
      const { account, solver, ca } = failing(time, Infinity);
      const events$ = obtainCertificate(account, { identifiers: ['slow.test'], solvers: [solver] });
      const subscription = events$.subscribe();
      time.scheduler.schedule(() => {
        subscription.unsubscribe();
      }, 5_000);
      time.flush();
      expect([ca.history.count('challenge'), solver.presented.length, time.scheduler.now()]).toEqual([2, 0, 5_000]);
    }));
});

describe('a challenge that goes back to pending some time after the answer', () => {
  const late = { validation: { delayMs: 300 } };

  it('is answered again where authorizations are watched', () =>
    virtualTime((time) => {
      const { obtained, ca } = failing(time, 2, late);
      const { values, isComplete } = obtained({ identifiers: ['slow.test', 'b.test'], watchAuthorizations: true });
      expect(isComplete).toBe(true);
      expect(ca.history.count('challenge')).toBe(4);
      expect(ofType(values, 'authorization-settled').map(told)).toEqual([
        'authorization-settled b.test valid',
        'authorization-settled slow.test valid',
      ]);
    }));

  it('is answered four times at most, and the error says why when time is over', () =>
    virtualTime((time) => {
      const { obtained, ca } = failing(time, Infinity, late);
      const { error } = obtained({ identifiers: ['slow.test'], watchAuthorizations: true });
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(error).toMatchObject({ failures: [{ problem: { type: 'urn:ietf:params:acme:error:connection' } }] });
      expect(ca.history.count('challenge')).toBe(4);
      expect(time.timers()).toBe(0);
    }));

  it('is named when time is over, where they are not watched', () =>
    virtualTime((time) => {
      const { obtained, ca } = failing(time, Infinity, late);
      const { error } = obtained({ identifiers: ['slow.test'] });
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(ca.history.count('challenge')).toBe(1);
    }));
});

describe('watched authorizations', () => {
  const delays = (time: VirtualTime, invalid = '') => {
    const bench = withFakeCa(time, {
      validation: {
        delayMs: 1_000,
        outcome: ({ identifier }) => (identifier.value === invalid ? { type: 'connection' } : undefined),
      },
    });
    bench.ca.script('challenge', { delayMs: 2_000 }, (occurrence) => occurrence === 2);
    return bench;
  };
  const identifiers = ['a.test', 'b.test'];
  const settled = (values: Parameters<typeof ofType>[0], startMs: number) =>
    ofType(values, 'authorization-settled').map((event) => [
      event.name,
      (event as { status: string }).status,
      event.at.getTime() - startMs > 2_500,
    ]);

  it('are told one by one, each once', () =>
    virtualTime((time) => {
      const bench = delays(time);
      const startMs = bench.clock.now();
      const { values, isComplete } = bench.obtained({ identifiers, watchAuthorizations: true });
      expect(isComplete).toBe(true);
      expect(settled(values, startMs)).toEqual([
        ['a.test', 'valid', false],
        ['b.test', 'valid', true],
      ]);
    }));

  it('are told together where they are not watched, and cost nothing', () =>
    virtualTime((time) => {
      const bench = delays(time);
      const startMs = bench.clock.now();
      const { values } = bench.obtained({ identifiers });
      expect(settled(values, startMs)).toEqual([
        ['a.test', 'valid', true],
        ['b.test', 'valid', true],
      ]);
      expect(bench.ca.history.count('authorization')).toBe(2);
    }));

  it('that fail are told, and the order explained', () =>
    virtualTime((time) => {
      const bench = delays(time, 'b.test');
      const { values, error } = bench.obtained({ identifiers, watchAuthorizations: true });
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(ofType(values, 'authorization-settled').map(told).sort()).toEqual([
        'authorization-settled a.test valid',
        'authorization-settled b.test invalid',
      ]);
    }));

  it('that fail are told with the reason, also where they are seen before the order has moved', () =>
    virtualTime((time) => {
      const bench = delays(time, 'b.test');
      bench.ca.script('order', { delayMs: 2_000 }, 'always');
      const { values } = bench.obtained({ identifiers, watchAuthorizations: true });
      expect(ofType(values, 'authorization-settled').map(({ name, problem }) => [name, problem?.type])).toEqual([
        ['a.test', undefined],
        ['b.test', 'urn:ietf:params:acme:error:connection'],
      ]);
    }));

  it('are looked at no sooner than the answer to the challenge says', () =>
    virtualTime((time) => {
      const { obtained, ca, clock } = withFakeCa(time, { validation: { delayMs: 1_000 } });
      const startedAtMs = clock.now();
      ca.script('challenge', { headers: { 'retry-after': '7' } });
      expect(obtained({ identifiers: ['a.test'], watchAuthorizations: true }).isComplete).toBe(true);
      const looks = ca.history.requests.filter(({ operation }) => operation === 'authorization');
      expect(looks.map((each) => each.startedAtMs - startedAtMs)).toEqual([0, 7_000]);
    }));

  it('that become those of another name are told no more', () =>
    virtualTime((time) => {
      const bench = delays(time);
      const others = (json: Record<string, unknown>) => ({ ...json, identifier: { type: 'dns', value: 'x.test' } });
      bench.ca.script('authorization', { edit: others }, (occurrence) => occurrence > 2);
      const { values, isComplete } = bench.obtained({ identifiers, watchAuthorizations: true });
      expect(isComplete).toBe(true);
      expect(ofType(values, 'authorization-settled').map(({ name }) => name)).toEqual(identifiers);
    }));

  it('that cannot be read keep nobody from the certificate', () =>
    virtualTime((time) => {
      const bench = delays(time);
      bench.ca.script('authorization', { problem: { type: 'malformed', status: 404 } }, (occurrence) => occurrence > 2);
      expect(bench.obtained({ identifiers, watchAuthorizations: true }).isComplete).toBe(true);
    }));
});

describe('a response object of the solver', () => {
  const solverOf = (time: VirtualTime, response: NonNullable<ChallengeSolver['response']>) => {
    const bench = withFakeCa(time, { challengeTypes: () => ['tkauth-01'] });
    const order: string[] = [];
    const solver: ChallengeSolver = {
      types: ['tkauth-01'],
      present: () => EMPTY,
      ready: () => (order.push('ready'), timer(100, time.scheduler)),
      response: (task) => (order.push('response'), response(task)),
      cleanUp: () => EMPTY,
    };
    return { ...bench, order, solvers: [solver] };
  };
  const withoutCheck = { solver: undefined };

  it('is sent, asked for right before that', () =>
    virtualTime((time) => {
      const { order, solvers } = solverOf(time, ({ keyAuthorization }) => of({ tkauth: keyAuthorization }));
      const { account, sent } = withFakeCa(time, { ...withoutCheck, challengeTypes: () => ['tkauth-01'] });
      const { isComplete } = completed(time, obtainCertificate(account, { identifiers: ['a.test'], solvers }));
      expect(isComplete).toBe(true);
      expect(order).toEqual(['ready', 'response']);
      expect(sent('challenge')).toEqual([{ tkauth: expect.stringContaining('.') }]);
    }));

  it('that fails is a failure of that name, and the challenge is not answered', () =>
    virtualTime((time) => {
      const { obtained, ca, solvers } = solverOf(time, () =>
        throwError(() => new Error('no token from the authority')),
      );
      const { error } = obtained({ identifiers: ['a.test'], solvers });
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(error).toMatchObject({ message: expect.stringContaining('no token from the authority') });
      expect(ca.history.count('challenge')).toBe(0);
    }));

  it('is asked for again at each try', () =>
    virtualTime((time) => {
      let count = 0;
      const { order, solvers } = solverOf(time, () => of({ n: ++count }));
      const { obtained, sent } = failing(time, 2, { ...withoutCheck, challengeTypes: () => ['tkauth-01'] });
      expect(obtained({ identifiers: ['slow.test'], solvers }).isComplete).toBe(true);
      expect(sent('challenge')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
      expect(order).toEqual(['ready', 'response', 'response', 'response']);
    }));
});
