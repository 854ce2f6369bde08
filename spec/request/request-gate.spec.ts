import { EMPTY, map, merge, mergeMap, of, range, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  type AcmeError,
  AcmeProblemError,
  AcmeRateLimitedError,
  type AcmeRequest,
  type AcmeSessionOptions,
  AcmeTransportError,
  getAccount,
  getOrder,
  limitRequests,
  newOrder,
  requestLimits,
  retryWhenAllowed,
  signedRequest,
  unsignedGet,
  watchRequestGate,
  withRetryPolicy,
} from '../../lib/index.js';
import { covers } from '../support/covers.js';
import { type Answer, problem } from '../support/scripted-ca.js';
import { syncBench } from '../support/sync-ports.js';
import { completed, errorOf, record, type Recording, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { lost, unreachable } from './scripts.js';

covers('rateLimits');

const balancer = (retryAfter: string): Answer => ({ status: 503, headers: { 'retry-after': retryAfter }, body: '' });
const limited = (retryAfter?: string): Answer =>
  problem('rateLimited', { status: 429 }, retryAfter === undefined ? {} : { 'retry-after': retryAfter });

/** A bench whose directory and nonces are there, and no retries, so that what the gate does is seen alone. */
function warmBench(time: VirtualTime, options: Partial<AcmeSessionOptions> = {}) {
  const bench = syncBench(time.scheduler, {}, { random: () => 0.5, ...options });
  completed(time, newOrder(bench.account, { identifiers: ['example.org'] }));
  bench.ca.history.length = 0;
  return bench;
}

/** An instant by the clock of the bench, which is not the scheduler. */
const instant = (ms: number) => new Date(Date.UTC(2026, 0, 1) + ms);

const atMs = ({ history }: { readonly history: readonly { readonly atMs: number }[] }) =>
  history.map((each) => each.atMs);

describe('a rate limit that says when it ends', () => {
  it.each([
    ['a balancer', balancer('5')],
    ['the server', limited('5')],
  ])('of %s holds all pipelines of the session, which go on spread out', (_what, answer) =>
    virtualTime((time) => {
      const { ca, account, session } = warmBench(time);
      ca.script('account', () => answer);
      const first = record(getAccount(account));
      const others = range(5).pipe(mergeMap(() => getOrder(account, 'https://ca.test/order/1')));
      const other = record(merge(others, unsignedGet(session, 'https://ca.test/directory')));
      time.flush();
      expect([first.values.length, other.values.length]).toEqual([1, 6]);
      expect(atMs(ca)).toEqual([0, 5_000, 5_100, 5_190, 5_271, 5_343, 5_407, 5_464]);
    }),
  );

  it('ends in the error of the last refusal where it never ends', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', () => limited('5'), 'every');
      expect(errorOf(time, getAccount(account))).toMatchObject({ code: 'rateLimited', retryAfterMs: 5_000 });
      expect(atMs(ca)).toEqual([0, 5_000, 10_000, 15_000, 20_000]);
    }));

  it('has what must not be carried out twice sent again: it was refused', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', () => limited('5'));
      const asked: unknown[] = [];
      const recovery = (error: AcmeError) => (asked.push(error), of(undefined));
      const request = { url: 'https://ca.test/account/1', payload: {}, recovery } as const;
      expect(completed(time, of(request).pipe(signedRequest(account))).values).toHaveLength(1);
      ca.script('account', () => limited('5'));
      const never = { ...request, recovery: 'never' } as const;
      expect(completed(time, of(never).pipe(signedRequest(account))).values).toHaveLength(1);
      expect([ca.operations(), asked]).toEqual([new Array(4).fill('account'), []]);
    }));

  it('of a balancer is no proof that the request was not carried out', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      const carriedOut = (carryOut: () => Answer) => (carryOut(), balancer('5'));
      ca.script('account', carriedOut);
      const asked: AcmeError[] = [];
      const recovery = (error: AcmeError) => (asked.push(error), of(undefined));
      const request = { url: 'https://ca.test/account/1', payload: {}, recovery } as const;
      expect(completed(time, of(request).pipe(signedRequest(account))).values).toHaveLength(1);
      expect(asked.map(({ code }) => code)).toEqual(['rateLimited']);
      ca.history.length = 0;
      ca.script('account', carriedOut);
      const never = { ...request, recovery: 'never' } as const;
      expect(errorOf(time, of(never).pipe(signedRequest(account)))).toMatchObject({ code: 'rateLimited' });
      expect(ca.history).toHaveLength(1);
    }));

  it('as a problem of the server with status 503 holds all as well', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', () => problem('serverInternal', { status: 503 }, { 'retry-after': '5' }));
      record(getAccount(account));
      completed(time, getOrder(account, 'https://ca.test/order/1'));
      expect(atMs(ca)).toEqual([0, 5_000, 5_100]);
    }));

  it('of a balancer closes for an hour at most, whatever it asks for', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', () => balancer('99999999999'));
      errorOf(time, getAccount(account));
      expect(errorOf(time, getAccount(account))).toMatchObject({ retryAfterMs: 3_600_000 });
    }));

  it('of the server, for longer than the cap, concerns only what was asked', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('newOrder', () => limited('3600'));
      const error = errorOf(time, newOrder(account, { identifiers: ['example.org'] }));
      expect(error).toBeInstanceOf(AcmeRateLimitedError);
      expect(error).toMatchObject({ retryAfterMs: 3_600_000, retryAt: instant(3_600_000) });
      completed(time, getAccount(account));
      expect(atMs(ca)).toEqual([0, 0]);
    }));

  it('of a balancer, for longer than the cap, is told to everybody without another request', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', () => balancer('3600'));
      errorOf(time, getAccount(account));
      const error = errorOf(time, getOrder(account, 'https://ca.test/order/1'));
      expect(error).toBeInstanceOf(AcmeRateLimitedError);
      expect(error).toMatchObject({ status: 503, retryAfterMs: 3_600_000, retryAt: instant(3_600_000) });
      const waited = getAccount(account).pipe(retryWhenAllowed({ maxWaitMs: 4_000_000, scheduler: time.scheduler }));
      completed(time, waited);
      const asked = ca.history.filter(({ operation }) => operation === 'account');
      expect(asked.map((each) => each.atMs)).toEqual([0, 3_600_000]);
    }));

  it('of a balancer at the directory is told to everybody too', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler);
      ca.script('directory', () => balancer('3600'));
      const order$ = newOrder(account, { identifiers: ['example.org'] });
      for (let each = 0; each < 3; each++) expect(errorOf(time, order$)).toBeInstanceOf(AcmeRateLimitedError);
      expect(ca.operations()).toEqual(['directory']);
    }));

  it('has the cap that the session says', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time, { maxRetryAfterMs: 10_000 });
      ca.script('account', () => limited('11'));
      ca.script('account', () => limited('10'));
      expect(errorOf(time, getAccount(account))).toMatchObject({ retryAfterMs: 11_000 });
      completed(time, getAccount(account));
      expect(atMs(ca)).toEqual([0, 0, 10_000]);
    }));

  it('leaves no timer where all who wait are unsubscribed', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', () => balancer('30'));
      const before = time.timers();
      const pipelines = [1, 2, 3].map(() => record(getAccount(account)));
      expect(time.timers()).toBeGreaterThan(before);
      for (const each of pipelines) each.unsubscribe();
      expect(time.timers()).toBe(before);
      expect(atMs(ca)).toEqual([0]);
    }));
});

describe('a rate limit that does not say when it ends', () => {
  it('is an error at once, asked once, and closes nothing', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', () => limited());
      const error = errorOf(time, getAccount(account));
      expect(error).toBeInstanceOf(AcmeRateLimitedError);
      expect(error).not.toHaveProperty('retryAt');
      completed(time, getAccount(account));
      expect(atMs(ca)).toEqual([0, 0]);
    }));
});

describe('watchRequestGate', () => {
  it('tells how the gate stands, from its closing until all have gone on', () =>
    virtualTime((time) => {
      const { ca, account, session } = warmBench(time);
      const states = record(watchRequestGate(session).pipe(map((state) => ({ ...state, at: time.scheduler.now() }))));
      ca.script('account', () => balancer('5'));
      record(getAccount(account));
      record(getAccount(account));
      time.flush();
      states.unsubscribe();
      const opensAt = instant(5_000);
      expect(states.values).toEqual([
        { status: 'open', waiting: 0, at: 0 },
        { status: 'closed', waiting: 0, opensAt, at: 0 },
        { status: 'closed', waiting: 1, opensAt, at: 1_000 },
        { status: 'opening', waiting: 1, at: 5_000 },
        { status: 'open', waiting: 0, at: 5_100 },
      ]);
    }));

  it('says that it is open when the time is over and nobody came', () =>
    virtualTime((time) => {
      const { ca, account, session } = warmBench(time, { retry: () => undefined });
      ca.script('account', () => balancer('5'));
      record(getAccount(account));
      const states = record(watchRequestGate(session).pipe(map((state) => [state.status, time.scheduler.now()])));
      time.flush();
      states.unsubscribe();
      expect(states.values).toEqual([
        ['closed', 0],
        ['open', 5_000],
      ]);
      expect(time.timers()).toBe(0);
    }));
});

describe('a policy of its own', () => {
  it('for a session decides in place of the default', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time, { retry: ({ attempt }) => (attempt < 3 ? 7 : undefined) });
      ca.script('account', () => problem('malformed'), 'every');
      expect(errorOf(time, getAccount(account))).toBeInstanceOf(AcmeProblemError);
      expect(atMs(ca)).toEqual([0, 7, 14]);
    }));

  it('for a call decides for that call only, and shares everything else', () =>
    virtualTime((time) => {
      const { ca, account, session } = warmBench(time);
      ca.script('account', unreachable, 'every');
      errorOf(time, getAccount(withRetryPolicy(account, () => undefined)));
      expect(atMs(ca)).toEqual([0]);
      ca.history.length = 0;
      errorOf(
        time,
        unsignedGet(
          withRetryPolicy(session, () => undefined),
          'https://ca.test/account/1',
        ),
      );
      expect(ca.history).toHaveLength(1);
      ca.history.length = 0;
      errorOf(time, getAccount(account));
      expect(ca.operations().filter((each) => each === 'account')).toHaveLength(5);
    }));

  it('never has a request repeated that may have been carried out and must not be', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time, { retry: () => 1 });
      ca.script('account', lost);
      const request = { url: 'https://ca.test/account/1', payload: {}, recovery: 'never' } as const;
      expect(errorOf(time, of(request).pipe(signedRequest(account)))).toBeInstanceOf(AcmeTransportError);
      expect(ca.history).toHaveLength(1);
    }));

  it('that gives up has what may have been carried out looked up all the same', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time, { retry: () => undefined });
      const found = { url: 'found', status: 200, headers: {}, body: new Uint8Array(), links: [] };
      const request = { url: 'https://ca.test/account/1', payload: {} } as const;
      ca.script('account', lost);
      const looked = { ...request, recovery: () => of(found) };
      expect(completed(time, of(looked).pipe(signedRequest(account))).values).toEqual([found]);
      ca.script('account', lost);
      const unknown = { ...request, recovery: () => of(undefined) };
      expect(errorOf(time, of(unknown).pipe(signedRequest(account)))).toBeInstanceOf(AcmeTransportError);
      expect(ca.operations()).toEqual(['account', 'newNonce', 'account']);
    }));

  it.each<[string, AcmeRequest['recovery']]>([
    ['completes without a word', () => EMPTY],
    [
      'throws',
      () => {
        throw new RangeError('no idea');
      },
    ],
  ])('a look-up that %s is an AcmePortError', (_what, recovery) =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', lost);
      const request = { url: 'https://ca.test/account/1', payload: {}, recovery };
      expect(errorOf(time, of(request).pipe(signedRequest(account)))).toMatchObject({ code: 'port', port: 'recovery' });
    }),
  );

  it('has what was refused for its nonce repeated, though the next nonce is lost', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time);
      ca.script('account', () => problem('badNonce', {}, { 'replay-nonce': undefined }));
      ca.script('newNonce', unreachable);
      const asked: unknown[] = [];
      const request = {
        url: 'https://ca.test/account/1',
        payload: {},
        recovery: (error: AcmeError) => (asked.push(error), of(undefined)),
      };
      const both = merge(
        of(request).pipe(signedRequest(account)),
        of({ ...request, recovery: 'never' } as const).pipe(signedRequest(account)),
      );
      expect(completed(time, both).values).toHaveLength(2);
      expect(asked).toEqual([]);
    }));

  it('ends with the session', () =>
    virtualTime((time) => {
      const { ca, account } = warmBench(time, { retry: () => 1_000 });
      ca.script('account', unreachable, 'every');
      const recording = record(getAccount(account));
      time.scheduler.schedule(() => (account.session.state.closed = true), 2_500);
      time.flush();
      expect(recording.error).toBeInstanceOf(AcmeTransportError);
      expect(ca.history.filter(({ operation }) => operation === 'account').map((each) => each.atMs)).toEqual([
        0, 1_000, 2_000,
      ]);
    }));
});

describe('a request limiter', () => {
  const order = { identifiers: ['example.org'] };

  it('lets through as many of a kind as the limit says, and others at once', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const limits = [{ kind: 'newOrder', count: 2, perMs: 60_000 }] as const;
      const { ca, account } = syncBench(scheduler, {}, { requestLimiter: limitRequests(limits, { scheduler }) });
      const orders = record(
        range(4).pipe(
          mergeMap(() => newOrder(account, order)),
          toArray(),
        ),
      );
      record(getAccount(account));
      time.flush();
      expect(orders.values[0]).toHaveLength(4);
      const sent = ca.history.filter(({ operation }) => operation === 'newOrder').map((each) => each.atMs);
      expect(sent).toEqual([0, 0, 30_000, 60_000]);
      expect(ca.history.find(({ operation }) => operation === 'account')?.atMs).toBe(0);
    }));

  it('holds no place while a nonce waits for it', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const requestLimiter = limitRequests([{ kind: 'newNonce', count: 1, perMs: 60_000 }], { scheduler });
      const { ca, account, session } = syncBench(
        scheduler,
        { latencyMs: 10 },
        { requestLimiter, maxRequestsInFlight: 1 },
      );
      // The first takes the only nonce; the second waits for the limit, not on the place.
      const reads: Recording<unknown>[] = [record(getAccount(account)), record(getAccount(account))];
      time.scheduler.schedule(() => reads.push(record(unsignedGet(session, 'https://ca.test/directory'))), 100);
      time.flush();
      expect(reads.every(({ isComplete }) => isComplete)).toBe(true);
      expect(ca.history.at(-3)?.atMs).toBeLessThan(1_000);
    }));

  it('holds no place while it waits', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const limits = [{ kind: 'newOrder', count: 1, perMs: 60_000 }] as const;
      const requestLimiter = limitRequests(limits, { scheduler });
      const { ca, account } = syncBench(scheduler, {}, { requestLimiter, maxRequestsInFlight: 1 });
      const waiting = [record(newOrder(account, order)), record(newOrder(account, order))];
      expect(completed(time, getAccount(account)).values).toHaveLength(1);
      expect(waiting.map(({ values }) => values.length)).toEqual([1, 1]);
      expect(ca.history.find(({ operation }) => operation === 'account')?.atMs).toBe(0);
    }));

  it('lets who is unsubscribed while it waits send nothing', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const requestLimiter = limitRequests([{ kind: 'newOrder', count: 1, perMs: 60_000 }], { scheduler });
      const { ca, account } = syncBench(scheduler, {}, { requestLimiter });
      record(newOrder(account, order));
      const before = time.timers();
      record(newOrder(account, order)).unsubscribe();
      expect(time.timers()).toBe(before);
      time.flush();
      expect(ca.operations().filter((each) => each === 'newOrder')).toHaveLength(1);
    }));

  it('counts renewals that say so only where the authority does', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const base = 'https://ca.test/';
      const directory = { newOrder: `${base}newOrder`, renewalInfo: `${base}renewal-info` };
      const limiter = limitRequests(requestLimits.letsEncrypt, { scheduler });
      const ask = (url: string, payload: object | '' = '') =>
        record(limiter({ url, payload, directory: directory as never }, () => of('sent'), EMPTY));
      const renewals = Array.from({ length: 200 }, () => ask(directory.newOrder, { replaces: 'a.b' }));
      const orders = Array.from({ length: 200 }, () => ask(directory.newOrder, {}));
      const infos = Array.from({ length: 100 }, () => ask(`${directory.renewalInfo}/a.b`));
      time.flush();
      expect([...renewals, ...orders, ...infos].every(({ isComplete }) => isComplete)).toBe(true);
      // 200 at once, 300 a second after that; the account's 300 in three hours are not touched.
      expect(scheduler.now()).toBeLessThan(1_000);
    }));

  it('counts what is sent, not what waits: for the gate, and for a place', () =>
    virtualTime((time) => {
      const { scheduler } = time;
      const limits = [{ kind: 'other', count: 2, perMs: 1_000, burst: 1 }] as const;
      const requestLimiter = limitRequests(limits, { scheduler });
      const { ca, account } = warmBench(time, { requestLimiter, maxRequestsInFlight: 1 });
      ca.script('account', () => balancer('30'));
      const reads = Array.from({ length: 20 }, () => record(getAccount(account)));
      // Whoever leaves takes nothing along.
      for (const each of reads.slice(10)) each.unsubscribe();
      time.flush();
      const sent = ca.history.filter(({ operation }) => operation === 'account').map((each) => each.atMs);
      expect(sent).toHaveLength(11);
      // As many as come back in any two seconds, one that was there, and one that the gate held up.
      for (const from of sent)
        expect(sent.filter((each) => each >= from && each < from + 2_000).length).toBeLessThan(7);
      expect(sent.at(-1)).toBeLessThanOrEqual(36_000);
    }));
});
