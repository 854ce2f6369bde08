import { it } from 'vitest';
import { map } from 'rxjs';
import { obtainCertificate, retryWhenAllowed, toCertificate } from 'rxacme';
import { fakeCa, recordingSolver, testAccount, virtualTime } from 'rxacme/testing';

it('waits out a rate limit', () =>
  virtualTime(({ expectObservable, scheduler }) => {
    const ca = fakeCa({ scheduler, badNonceEvery: 3 });
    ca.failNext('newOrder', { type: 'rateLimited', retryAfter: '3600' });
    const request = { identifiers: ['example.org'], solvers: [recordingSolver()] };
    const issued$ = obtainCertificate(testAccount(ca, { scheduler }), request).pipe(
      retryWhenAllowed({ maxWaitMs: 7_200_000, scheduler }),
      toCertificate(),
      map(() => 'c'),
    );
    expectObservable(issued$).toBe('3600s (c|)');
  }));
