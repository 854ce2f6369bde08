import { concatMap, map, type Observable, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  autoRenewal,
  type Certificate,
  followCertificate,
  getOrder,
  obtainCertificate,
  type Order,
  toCertificate,
} from '../../lib/index.js';
import {
  type Behaviour,
  fakeCa,
  recordingSolver,
  testAccount,
  virtualTime,
  type VirtualTimeHelpers,
} from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';

covers('star');

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startAt = new Date('2026-01-01T00:00:00Z');

/** An order of three certificates of four days; each but the first begins two days early. */
function worldIn({ scheduler, clock }: VirtualTimeHelpers) {
  const ca = fakeCa({ scheduler, clock, autoRenewal: {} });
  const account = testAccount(ca, { scheduler, clock, random: () => 0.5 });
  let order: Order | undefined;
  obtainCertificate(account, {
    identifiers: ['example.org'],
    solvers: [recordingSolver()],
    extensions: [autoRenewal({ endAt: new Date(startAt.getTime() + 12 * dayMs), lifetimeMs: 4 * dayMs })],
  })
    .pipe(
      toCertificate(),
      concatMap(({ orderUrl = '' }) => getOrder(account, orderUrl)),
    )
    .subscribe((found) => (order = found));
  const made = order as Order;
  const before = ca.history.count('sharedCertificate');
  return { ca, account, order: made, looks: () => ca.history.count('sharedCertificate') - before };
}

/** What came, and at which hour. */
function recorded({ scheduler }: VirtualTimeHelpers, source: Observable<Certificate>) {
  const hour = () => scheduler.now() / hourMs;
  const seen: { hours: number[]; over?: [string, number]; error?: unknown } = { hours: [] };
  const subscription = source.subscribe({
    next: () => seen.hours.push(hour()),
    error: (error: unknown) => Object.assign(seen, { error, over: ['error', hour()] }),
    complete: () => Object.assign(seen, { over: ['complete', hour()] }),
  });
  return { seen, subscription };
}

const inTime = (spec: (helpers: VirtualTimeHelpers) => void) => () => virtualTime(spec, { startAt });

/** Misbehaves from the second look on, for so many looks. */
const troubled = (behaviour: Behaviour, count: number) => (helpers: VirtualTimeHelpers) => {
  const world = worldIn(helpers);
  let looks = 0;
  world.ca.script('sharedCertificate', behaviour, () => ++looks > 1 && looks <= 1 + count);
  return world;
};

describe('followCertificate', () => {
  it(
    'looks at once, at half of each life, and no more when the last one is there',
    inTime((helpers) => {
      const { account, order, looks } = worldIn(helpers);
      const { seen } = recorded(helpers, followCertificate(account, order));
      helpers.flush();
      // From day 0 to 4, 2 to 8 and 6 to 12. Half of the second is day 5; then a look every sixth hour.
      expect(seen).toEqual({ hours: [0, 48, 144], over: ['complete', 12 * 24] });
      expect(looks()).toBe(1 + 1 + 1 + 4);
    }),
  );

  it(
    'begins anew for each subscription, and is over at once when it is unsubscribed',
    inTime((helpers) => {
      const { account, order, looks } = worldIn(helpers);
      const certificates$ = followCertificate(account, order);
      expect(looks()).toBe(0);
      const { seen, subscription } = recorded(helpers, certificates$);
      recorded(helpers, certificates$.pipe(take(1)));
      subscription.unsubscribe();
      helpers.flush();
      expect([seen.hours, looks(), helpers.scheduler.now()]).toEqual([[0], 2, 0]);
    }),
  );

  it.each<[string, Behaviour]>([
    ['cannot be reached', { lost: 'before' }],
    ['is broken', { problem: { type: 'serverInternal' } }],
    ['is busy', { problem: { type: 'rateLimited', retryAfter: '60' } }],
    ['is behind a balancer that says so', { answer: { status: 503, headers: { 'retry-after': '60' } } }],
  ])('goes on looking while the certificate is good, where the server %s', (_what, behaviour) =>
    virtualTime(
      (helpers) => {
        // One look is five requests where there is no answer to it.
        const { account, order } = troubled(behaviour, 15)(helpers);
        const { seen } = recorded(helpers, followCertificate(account, order));
        helpers.flush();
        expect(seen.error).toBeUndefined();
        expect(seen.hours.length).toBe(3);
        expect(seen.hours[1]).toBeGreaterThan(51);
        expect(seen.hours[1]).toBeLessThan(61);
      },
      { startAt },
    ),
  );

  it(
    'waits as long as the server asks for',
    inTime((helpers) => {
      const { account, order } = troubled({ problem: { type: 'rateLimited', retryAfter: '36000' } }, 1)(helpers);
      const { seen } = recorded(helpers, followCertificate(account, order));
      helpers.flush();
      expect(seen.hours[1]).toBe(58);
    }),
  );

  it(
    'looks when Retry-After says, where the certificate comes with one',
    inTime((helpers) => {
      const { account, order, ca } = worldIn(helpers);
      ca.script('sharedCertificate', { headers: { 'retry-after': '180000' } });
      const { seen } = recorded(helpers, followCertificate(account, order));
      helpers.flush();
      expect(seen.hours.slice(0, 2)).toEqual([0, 50]);
    }),
  );

  it(
    'errors with what was wrong when the certificate has ended meanwhile',
    inTime((helpers) => {
      const { account, order } = troubled({ problem: { type: 'serverInternal' } }, 1_000)(helpers);
      const { seen } = recorded(helpers, followCertificate(account, order));
      helpers.flush();
      // The last look is tried again for 3.75 s.
      const over = ['error', (96 * hourMs + 3_750) / hourMs];
      expect(seen).toMatchObject({ hours: [0], over, error: { code: 'problem', status: 500 } });
    }),
  );

  it(
    'errors with AcmeTimeoutError where the certificate has ended and is still the one',
    inTime((helpers) => {
      const { account, order, ca } = worldIn(helpers);
      let first: string | undefined;
      followCertificate(account, order)
        .pipe(
          take(1),
          map(({ chainPem }) => chainPem),
        )
        .subscribe((pem) => (first = pem));
      const headers = { 'content-type': 'application/pem-certificate-chain' };
      ca.script('sharedCertificate', { answer: { status: 200, body: first ?? '', headers } }, 'always');
      const { seen } = recorded(helpers, followCertificate(account, order));
      helpers.flush();
      expect(seen).toMatchObject({
        hours: [0],
        over: ['error', 96],
        error: { code: 'timeout', last: { chainPem: first } },
      });
    }),
  );

  it(
    'errors at once where the first look fails, and on what no waiting helps against',
    inTime((helpers) => {
      const { account, order, ca } = worldIn(helpers);
      ca.failNext('sharedCertificate', { type: 'rateLimited', retryAfter: '61' });
      const first = recorded(helpers, followCertificate(account, order));
      expect(first.seen).toMatchObject({ hours: [], over: ['error', 0], error: { code: 'rateLimited' } });
      const { seen } = recorded(helpers, followCertificate(account, order));
      helpers.scheduler.schedule(() => ca.failNext('sharedCertificate', { type: 'unauthorized' }), dayMs);
      helpers.flush();
      expect(seen).toMatchObject({ hours: [0], over: ['error', 48], error: { status: 403 } });
    }),
  );

  it(
    'holds each certificate against the first, or against what is expected',
    inTime((helpers) => {
      const { account, order } = worldIn(helpers);
      const publicKey = new Uint8Array(65);
      const identifiers = [{ type: 'dns', value: 'example.org' }];
      const { seen } = recorded(helpers, followCertificate(account, order, { publicKey, identifiers }));
      expect(seen).toMatchObject({ hours: [], error: { code: 'protocol' } });
    }),
  );

  it(
    'completes at once where the renewal is over',
    inTime((helpers) => {
      const { account, order, ca } = worldIn(helpers);
      for (const type of ['autoRenewalExpired', 'autoRenewalCanceled']) {
        ca.failNext('sharedCertificate', { type, status: 403 });
        expect(recorded(helpers, followCertificate(account, order)).seen).toEqual({ hours: [], over: ['complete', 0] });
      }
    }),
  );

  it(
    'throws TypeError on an order that has no certificate',
    inTime((helpers) => {
      const { account, order } = worldIn(helpers);
      const { certificate: _, ...pending } = order;
      expect(() => followCertificate(account, pending)).toThrow(TypeError);
    }),
  );
});
