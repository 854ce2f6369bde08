import { map, NEVER, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeAuthorizationError,
  AcmeRateLimitedError,
  AcmeTransportError,
  AcmeUnsupportedError,
  type ChallengeSolver,
  type FallbackEvent,
  type FellBack,
  obtainCertificate,
  renewCertificate,
  toCertificate,
  withFallback,
  type WithFallbackOptions,
} from '../../lib/index.js';
import { type FakeCaOptions, recordingSolver, type Validated } from '../../lib/testing/index.js';
import { completed, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { withFakeCa } from './with-fake-ca.js';

/** Fails by these types, for all names or for some. */
const failing =
  (...types: string[]) =>
  ({ type, identifier }: Validated) =>
    types.some((each) => each === type || each === `${type} ${identifier.value}`)
      ? ({ type: 'connection', detail: `no way by ${type}` } as const)
      : undefined;

function bench(
  time: VirtualTime,
  ca: FakeCaOptions,
  options: Partial<WithFallbackOptions> = {},
  identifiers = ['a.test', 'b.test'],
) {
  const { scheduler } = time;
  const [http, dns, tls] = ['http-01', 'dns-01', 'tls-alpn-01'].map((type) => recordingSolver({ types: [type] }));
  const made = withFakeCa(time, { solver: undefined, ...ca });
  const solvers = options.solvers ?? ([http, dns] as ChallengeSolver[]);
  const events$ = withFallback(made.account, { ...options, solvers }, (each) =>
    obtainCertificate(made.account, { identifiers, solvers: each }),
  );
  return { ...made, http, dns, tls, events$, scheduler, orders: () => made.ca.history.count('newOrder') };
}

const fellBack = (events: readonly FallbackEvent[]) =>
  events.filter((each): each is FellBack => each.type === 'fell-back');
const told = ({ name, challengeType, nextTypes }: FellBack) => `${name}: ${challengeType} -> ${nextTypes.join(' ')}`;

describe('withFallback', () => {
  it('makes one order where that is enough', () =>
    virtualTime((time) => {
      const { events$, orders } = bench(time, {});
      const { values } = completed(time, events$);
      expect([values.at(-1)?.type, orders(), fellBack(values)]).toEqual(['certificate-issued', 1, []]);
    }));

  it('tries the names that failed by the next type, in a new order, and the others as before', () =>
    virtualTime((time) => {
      const { events$, orders, http, dns, clock } = bench(time, {
        validation: { outcome: failing('http-01 b.test'), delayMs: 1_000 },
        latencyMs: 10,
      });
      const { values, error } = completed(time, events$);
      expect([values.at(-1)?.type, error, orders(), time.timers()]).toEqual(['certificate-issued', undefined, 2, 0]);
      const [event] = fellBack(values);
      const urls = values.filter(({ type }) => type === 'order-created').map(({ orderUrl }) => orderUrl);
      expect(new Set(urls).size).toBe(2);
      expect(event).toMatchObject({
        type: 'fell-back',
        orderUrl: urls[0],
        identifier: { type: 'dns', value: 'b.test' },
        wildcard: false,
        name: 'b.test',
        challengeType: 'http-01',
        nextTypes: ['dns-01'],
        problem: { detail: 'no way by http-01' },
      });
      expect(event?.at.getTime()).toBeLessThanOrEqual(clock.now());
      expect(fellBack(values)).toHaveLength(1);
      const names = (solver = http) => solver?.withdrawn.map(({ identifier }) => identifier.value);
      expect([names(http), names(dns)]).toEqual([['a.test', 'b.test', 'a.test'], ['b.test']]);
    }));

  it('in the frame in which it began, where nothing takes time', () =>
    virtualTime((time) => {
      const { events$ } = bench(time, { validation: { outcome: failing('http-01') } });
      const issued$ = events$.pipe(
        toCertificate(),
        map(() => 'c'),
      );
      time.expectObservable(issued$).toBe('(c|)');
    }));

  it('falls back where it is this side that fails', () =>
    virtualTime((time) => {
      const taken = recordingSolver({
        types: ['http-01'],
        present: () => throwError(() => new Error('port 80 taken')),
      });
      const dns = recordingSolver({ types: ['dns-01'] });
      const { events$ } = bench(time, {}, { solvers: [taken, dns] });
      const { values } = completed(time, events$);
      expect(values.at(-1)?.type).toBe('certificate-issued');
      expect(fellBack(values).map(told)).toEqual(['a.test: http-01 -> dns-01', 'b.test: http-01 -> dns-01']);
      expect(fellBack(values)[0]?.reason).toContain('port 80 taken');
    }));

  it('goes from type to type, until nothing is left: each error has the one before as its cause', () =>
    virtualTime((time) => {
      const solvers = ['http-01', 'tls-alpn-01', 'dns-01'].map((type) => recordingSolver({ types: [type] }));
      const outcome = failing('http-01', 'tls-alpn-01', 'dns-01');
      const { events$, orders } = bench(time, { validation: { outcome } }, { solvers, maxOrders: 9 }, ['a.test']);
      const { values, error } = completed(time, events$);
      expect(fellBack(values).map(told)).toEqual([
        'a.test: http-01 -> tls-alpn-01 dns-01',
        'a.test: tls-alpn-01 -> dns-01',
      ]);
      const types: unknown[] = [];
      for (let each = error; each instanceof AcmeAuthorizationError; each = each.cause) {
        types.push(each.failures[0]?.challengeType);
      }
      expect([types, orders()]).toEqual([['dns-01', 'tls-alpn-01', 'http-01'], 3]);
    }));

  it.each([
    ['the one before', 'http-01 http-01'],
    ['the one before that', 'http-01 dns-01 http-01'],
  ])('makes no error its own cause where an attempt ends in the same as %s', (_which, types) =>
    virtualTime((time) => {
      const { account } = withFakeCa(time);
      const failures = ['http-01', 'dns-01'].map((challengeType) => ({
        identifier: { type: 'dns', value: 'a.test' },
        wildcard: false,
        challengeType,
        reason: 'no way',
      }));
      const errors = failures.map((each) => [each.challengeType, new AcmeAuthorizationError([each])] as const);
      const ends = types.split(' ');
      const solvers = ['http-01', 'dns-01', 'tls-alpn-01'].map((type) => recordingSolver({ types: [type] }));
      const attempt = () => throwError(() => new Map(errors).get(ends.shift() ?? ''));
      const { error } = completed(time, withFallback(account, { solvers, maxOrders: ends.length }, attempt));
      expect(error).toBe(errors[0]?.[1]);
      expect((error as Error).cause).toBeUndefined();
      expect(ends).toEqual([]);
    }),
  );

  it.each([
    [1, 1],
    [2, 2],
    [undefined, 3],
  ])('makes as many orders as it may: %s', (maxOrders, expected) =>
    virtualTime((time) => {
      const solvers = ['http-01', 'tls-alpn-01', 'dns-01', 'custom-01'].map((type) =>
        recordingSolver({ types: [type] }),
      );
      const types = solvers.map((each) => each.types[0] as string);
      const ca = { challengeTypes: () => types, validation: { outcome: failing(...types) } };
      const { events$, orders } = bench(time, ca, { solvers, maxOrders }, ['a.test']);
      const { error, values } = completed(time, events$);
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect([orders(), fellBack(values).length]).toEqual([expected, expected - 1]);
    }),
  );

  it('makes no order in vain where a wildcard, an address or a name that a solver does not accept has nothing left', () =>
    virtualTime((time) => {
      const none: ChallengeSolver = { ...recordingSolver({ types: ['tls-alpn-01'] }), accepts: () => false };
      const [dns, http] = [recordingSolver({ types: ['dns-01'] }), recordingSolver({ types: ['http-01'] })];
      const { events$, orders } = bench(
        time,
        { validation: { outcome: failing('dns-01') } },
        { solvers: [dns, http, none] },
        ['a.test', '*.a.test'],
      );
      const { error } = completed(time, events$);
      expect(error).toBeInstanceOf(AcmeAuthorizationError);
      expect(orders()).toBe(1);
    }));

  it('says that no solver fits where the server does not offer what is left, and why it came to that', () =>
    virtualTime((time) => {
      const { events$, orders } = bench(time, {
        challengeTypes: () => ['http-01'],
        validation: { outcome: failing('http-01') },
      });
      const { error } = completed(time, events$);
      expect(error).toBeInstanceOf(AcmeUnsupportedError);
      expect((error as Error).message).toContain('http-01 (not for this name), dns-01 (not offered)');
      expect((error as Error).cause).toBeInstanceOf(AcmeAuthorizationError);
      expect(orders()).toBe(2);
    }));

  it.each([
    ['rateLimited', AcmeRateLimitedError],
    ['userActionRequired', Error],
    ['unauthorized', Error],
  ] as const)('does not fall back where the order is refused: %s', (type, kind) =>
    virtualTime((time) => {
      const { events$, ca } = bench(time, {});
      ca.failNext('newOrder', { type });
      const { error, values } = completed(time, events$);
      expect(error).toBeInstanceOf(kind);
      expect([values, ca.history.count('newOrder')]).toEqual([[], 1]);
    }),
  );

  it.each(['rateLimited', 'userActionRequired'] as const)(
    'does not fall back where that is why a validation failed: %s',
    (type) =>
      virtualTime((time) => {
        const { events$, orders } = bench(time, { validation: { outcome: () => ({ type }) } });
        expect(completed(time, events$).error).toBeInstanceOf(AcmeAuthorizationError);
        expect(orders()).toBe(1);
      }),
  );

  it('does not fall back where the connection is lost', () =>
    virtualTime((time) => {
      const { events$, ca, orders } = bench(time, {});
      ca.script('challenge', { lost: 'before' }, 'always');
      const { error } = completed(time, events$);
      expect(error).toBeInstanceOf(AcmeTransportError);
      expect(orders()).toBe(1);
    }));

  it('is left in its second order: the proofs of that are withdrawn, and nothing goes on', () =>
    virtualTime((time) => {
      const http = recordingSolver({ types: ['http-01'] });
      const dns = recordingSolver({ types: ['dns-01'], ready: () => NEVER });
      const { events$, orders } = bench(
        time,
        { validation: { outcome: failing('http-01') } },
        { solvers: [http, dns] },
      );
      const recording = record(events$);
      time.flush();
      recording.unsubscribe();
      time.flush();
      expect([orders(), dns.withdrawn.length, dns.presented, time.timers()]).toEqual([2, 2, [], 0]);
    }));

  it('serves renewals as well, and the same stream twice', () =>
    virtualTime((time) => {
      const { account, http, dns, orders } = bench(time, { validation: { outcome: failing('http-01') } });
      const certificate = {
        identifiers: [{ type: 'dns', value: 'a.test' }],
        serialNumber: '01',
        authorityKeyIdentifier: '01',
      };
      const events$ = withFallback(account, { solvers: [http, dns] as ChallengeSolver[] }, (solvers) =>
        renewCertificate(account, certificate, { solvers }),
      );
      expect(completed(time, events$).values.at(-1)?.type).toBe('certificate-issued');
      expect(completed(time, events$).values.at(-1)?.type).toBe('certificate-issued');
      expect(orders()).toBeGreaterThanOrEqual(4);
    }));

  it('throws at the call on what cannot work, also on what the attempt throws', () =>
    virtualTime((time) => {
      const { account } = withFakeCa(time);
      const attempt = (identifiers: string[]) => (solvers: readonly ChallengeSolver[]) =>
        obtainCertificate(account, { identifiers, solvers });
      for (const maxOrders of [0, -1, 1.5, NaN]) {
        expect(() => withFallback(account, { solvers: [], maxOrders }, attempt(['a.test']))).toThrow(TypeError);
      }
      expect(() => withFallback(account, { solvers: [] }, attempt([]))).toThrow(TypeError);
    }));
});
