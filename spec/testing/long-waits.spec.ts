import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  identity,
  map,
  type MonoTypeOperatorFunction,
  repeat,
  retry,
  takeWhile,
  tap,
  timer,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  AcmeRateLimitedError,
  type IssuanceEvent,
  newOrder,
  obtainCertificate,
  pollOrder,
  respondToChallenge,
  getAuthorization,
  type RetryPolicy,
  retryWhenAllowed,
  toCertificate,
  waitUntil,
} from '../../lib/index.js';
import { fakeCa, recordingSolver, testAccount, virtualTime } from '../../lib/testing/index.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const request = { identifiers: ['example.org'], solvers: [recordingSolver()] };

describe('in virtual time', () => {
  it.each<[string, RetryPolicy, MonoTypeOperatorFunction<IssuanceEvent>]>([
    ['RxJS', () => undefined, retry({ delay: () => timer(hourMs) })],
    ['the session’s policy', () => hourMs, identity],
  ])('30 days of retries, one an hour, by %s', (_, policy, retried) =>
    virtualTime(({ scheduler, expectObservable, flush }) => {
      const ca = fakeCa({ scheduler });
      const account = testAccount(ca, { scheduler, retry: policy });
      const end = ca.script('newOrder', { problem: { type: 'serverInternal' } }, 'always');
      scheduler.schedule(end, 30 * dayMs - 1);
      const issued$ = obtainCertificate(account, request).pipe(
        retried,
        toCertificate(),
        map(() => 'c'),
      );
      expectObservable(issued$).toBe(`${30 * 24 * 3600}s (c|)`);
      flush();
      expect(ca.history.count('newOrder')).toBe(721);
      ca.verify();
    }),
  );

  it('30 days of rate limits, each of which says when to come back', () =>
    virtualTime(({ scheduler, clock, expectObservable, flush }) => {
      const ca = fakeCa({ scheduler, clock, latencyMs: 0 });
      const account = testAccount(ca, { scheduler, clock });
      for (let day = 1; day <= 30; day++) {
        const retryAfter = new Date(clock.now() + day * dayMs).toUTCString();
        ca.failNext('newOrder', { type: 'rateLimited', retryAfter });
      }
      const issued$ = obtainCertificate(account, request).pipe(
        retryWhenAllowed({ maxWaitMs: 30 * dayMs, scheduler }),
        toCertificate(),
        map(() => 'c'),
      );
      expectObservable(issued$).toBe(`${30 * 24 * 3600}s (c|)`);
      flush();
      expect(ca.history.count('newOrder')).toBe(31);
      ca.verify();
    }));

  it('a rate limit of a month, more than one timer holds, and no longer than allowed', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const ca = fakeCa({ scheduler });
      const account = testAccount(ca, { scheduler });
      const month = { type: 'rateLimited', retryAfter: String(31 * 24 * 3600) };
      ca.failNext('newOrder', month);
      ca.failNext('newOrder', month);
      const issued$ = obtainCertificate(account, request).pipe(
        retryWhenAllowed({ maxWaitMs: 40 * dayMs, scheduler }),
        catchError((error: unknown) => [error instanceof AcmeRateLimitedError]),
      );
      expectObservable(issued$).toBe(`${31 * 24 * 3600}s (a|)`, { a: true });
    }));

  it('a validation that takes a month', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const ca = fakeCa({ scheduler, validation: { delayMs: 31 * dayMs }, pendingMs: 40 * dayMs, retryAfter: '86400' });
      const account = testAccount(ca, { scheduler });
      const ready$ = newOrder(account, request).pipe(
        concatMap((order) =>
          getAuthorization(account, order.authorizations[0] ?? '').pipe(
            concatMap(({ challenges: [challenge] }) =>
              challenge === undefined ? EMPTY : respondToChallenge(account, challenge),
            ),
            concatMap(() => pollOrder(account, order.url, { timeoutMs: 60 * dayMs })),
          ),
        ),
        takeWhile(({ status }) => status === 'pending', true),
        map(({ status }) => status),
      );
      const days = Array.from({ length: 30 }, () => `p ${dayMs - 1}ms`).join(' ');
      expectObservable(ready$).toBe(`${days} p ${dayMs - 1}ms (r|)`, { p: 'pending', r: 'ready' });
    }));

  it('renewals for a year, each when the last one is about to end', () =>
    virtualTime(({ scheduler, clock, flush }) => {
      const ca = fakeCa({ scheduler, clock, latencyMs: 100 });
      const account = testAccount(ca, { scheduler, clock });
      const days: number[] = [];
      const startMs = clock.now();
      defer(() => obtainCertificate(account, request).pipe(toCertificate()))
        .pipe(
          tap(() => days.push(Math.floor((clock.now() - startMs) / dayMs))),
          concatMap(({ certificate: { leaf } }) =>
            waitUntil(new Date(leaf.notAfterAt.getTime() - 30 * dayMs), { scheduler, clock }),
          ),
          repeat(6),
        )
        .subscribe();
      flush();
      expect(days).toEqual([0, 60, 120, 180, 240, 300]);
      expect(ca.history.count('certificate')).toBe(6);
    }));
});
