import { concat, defer, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeProblemError,
  AcmeRateLimitedError,
  newOrder,
  obtainCertificate,
  retryWhenAllowed,
  toCertificate,
} from '../../lib/index.js';
import { problem } from '../support/scripted-ca.js';
import { recordingSolver, syncBench } from '../support/sync-ports.js';
import { completed, errorOf, record, virtualTime } from '../support/virtual-time.js';
import { covers } from '../support/covers.js';

covers('rateLimits');

const identifiers = ['example.org'];
const document = { type: 'urn:ietf:params:acme:error:rateLimited', subproblems: [], algorithms: [], raw: {} };
const limited = (retryAfterMs?: number) => throwError(() => new AcmeRateLimitedError(document, { retryAfterMs }));

describe('retryWhenAllowed', () => {
  it('subscribes again when the server allows it, and emits what comes then', () =>
    virtualTime((time) => {
      const { ca, account, session } = syncBench(time.scheduler);
      ca.script('newOrder', () => problem('rateLimited', { status: 429 }, { 'retry-after': '3600' }));
      const events$ = obtainCertificate(account, { identifiers, solvers: [recordingSolver()] });
      const options = { maxWaitMs: 7_200_000, scheduler: session.scheduler };
      expect(completed(time, events$.pipe(retryWhenAllowed(options), toCertificate())).values).toHaveLength(1);
      expect(time.scheduler.now()).toBe(3_600_000);
    }));

  it('takes the 503 of a balancer for what it is', () =>
    virtualTime((time) => {
      const { ca, account, session } = syncBench(time.scheduler);
      ca.script('newOrder', () => ({ status: 503, headers: { 'retry-after': '120' }, body: '<html>' }));
      const order$ = newOrder(account, { identifiers }).pipe(
        retryWhenAllowed({ maxWaitMs: 120_000, scheduler: session.scheduler }),
      );
      expect(completed(time, order$).values).toHaveLength(1);
      expect(time.scheduler.now()).toBe(120_000);
    }));

  it('passes on what came before the limit', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      let runs = 0;
      const source = defer(() => concat(of(++runs), runs < 3 ? limited(10) : of('done')));
      const results = source.pipe(retryWhenAllowed({ maxWaitMs: 20, scheduler }));
      expectObservable(results).toBe('a 9ms b 9ms (cd|)', { a: 1, b: 2, c: 3, d: 'done' });
    }));

  it('waits no longer in all than it may, counted anew for each subscription', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const stream$ = limited(10).pipe(retryWhenAllowed({ maxWaitMs: 25, scheduler }));
      const expected = new AcmeRateLimitedError(document, { retryAfterMs: 10 });
      expectObservable(stream$).toBe('20ms #', {}, expected);
      expectObservable(stream$, '30ms ^').toBe('50ms #', {}, expected);
    }));

  it.each([
    ['a limit without a time, which is for a person', limited()],
    ['a longer wait than it may take', limited(1_001)],
    ['any other problem', throwError(() => new AcmeProblemError(document, { retryAfterMs: 1 }))],
    ['any other error', throwError(() => new Error('other'))],
  ])('does not wait for %s', (_what, source) =>
    virtualTime((time) => {
      expect(
        errorOf(time, source.pipe(retryWhenAllowed({ maxWaitMs: 1_000, scheduler: time.scheduler }))),
      ).toBeInstanceOf(Error);
      expect(time.scheduler.now()).toBe(0);
    }),
  );

  it('leaves no timer when it is unsubscribed while it waits', () =>
    virtualTime((time) => {
      const recording = record(limited(500).pipe(retryWhenAllowed({ maxWaitMs: 1_000, scheduler: time.scheduler })));
      expect(time.timers()).toBe(1);
      recording.unsubscribe();
      expect(time.timers()).toBe(0);
    }));

  it('does not ask for ever a server that limits and says that no wait is needed', () =>
    virtualTime((time) => {
      let runs = 0;
      const source = defer(() => (++runs < 1_000 ? limited(0) : of('asked a thousand times')));
      const { values } = completed(
        time,
        source.pipe(retryWhenAllowed({ maxWaitMs: 60_000, scheduler: time.scheduler })),
      );
      expect(values).toEqual([]);
    }));

  it.each([Number.NaN, -1, undefined])('throws TypeError where maxWaitMs is %s', (maxWaitMs) => {
    expect(() => retryWhenAllowed({ maxWaitMs: maxWaitMs as number })).toThrow(TypeError);
  });
});
