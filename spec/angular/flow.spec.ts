import '@angular/compiler';
import { HttpBackend, type HttpInterceptorFn, provideHttpClient, withInterceptors } from '@angular/common/http';
import { inject, InjectionToken } from '@angular/core';
import { concatMap, retry, takeUntil, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  ACME_ACCOUNT,
  ACME_SOLVERS,
  provideAcme,
  withAccount,
  withHttpClient,
  withSolvers,
} from '../../lib/angular/index.js';
import {
  AcmeInputError,
  AcmeRateLimitedError,
  type AcmeSessionOptions,
  newAccount,
  obtainCertificate,
} from '../../lib/index.js';
import {
  fakeCa,
  type FakeCaOptions,
  recordingSolver,
  synchronousPorts,
  synchronousSigner,
} from '../../lib/testing/index.js';
import { covers } from '../support/covers.js';
import { offsetClock } from '../support/sync-ports.js';
import { completed, record, virtualTime, type VirtualTime } from '../support/virtual-time.js';
import { fakeBackend } from './support/fake-backend.js';
import { injectorWith } from './support/test-bed.js';

covers('newAccount', 'newOrder');

/** An application's own service, without the decorator that this package is built without. */
const certificates = new InjectionToken('certificates', {
  providedIn: 'root',
  factory: () => {
    const account$ = inject(ACME_ACCOUNT);
    const solvers = inject(ACME_SOLVERS);
    return {
      obtain: (name: string) =>
        account$.pipe(concatMap((account) => obtainCertificate(account, { identifiers: [name], solvers }))),
    };
  },
});

function application(
  { scheduler }: VirtualTime,
  { interceptors = [], ...options }: FakeCaOptions & { interceptors?: HttpInterceptorFn[] } = {},
  session: Partial<AcmeSessionOptions> = {},
) {
  const clock = offsetClock(scheduler);
  const solver = recordingSolver();
  const ca = fakeCa({ scheduler, clock, solver, ...options });
  const injector = injectorWith(
    provideHttpClient(withInterceptors(interceptors)),
    { provide: HttpBackend, useValue: fakeBackend(ca.transport) },
    provideAcme(
      { directoryUrl: ca.directoryUrl, scheduler, clock, ...synchronousPorts(), ...session },
      withHttpClient(),
      withAccount((given) => newAccount(given, { signer: synchronousSigner(), termsOfServiceAgreed: true })),
      withSolvers([solver]),
    ),
  );
  return { ca, solver, certificates: injector.inject(certificates) };
}

describe('an order in an Angular service', () => {
  it('is done in the frame in which it began, where nothing takes time', () =>
    virtualTime((time) => {
      const { ca, certificates } = application(time);
      const { values, isComplete } = record(certificates.obtain('example.org'));
      expect([values.at(-1)?.type, isComplete]).toEqual(['certificate-issued', true]);
      expect(time.scheduler.now()).toBe(0);
      ca.verify();
    }));

  it('survives refused nonces and polls', () =>
    virtualTime((time) => {
      const { certificates } = application(time, { badNonceEvery: 3, latencyMs: 20 });
      const { values, error } = completed(time, certificates.obtain('example.org'));
      expect([values.at(-1)?.type, error]).toEqual(['certificate-issued', undefined]);
    }));

  it('is cancelled when its page is left: the request under way is aborted, the challenge withdrawn', () =>
    virtualTime((time) => {
      const { ca, solver, certificates } = application(time, { latencyMs: 20 });
      const left = record(certificates.obtain('example.org').pipe(takeUntil(timer(130, time.scheduler))));
      time.flush();
      expect(left.isComplete).toBe(true);
      expect(ca.history.requests.map(({ outcome }) => outcome)).toContain('cancelled');
      expect(solver.calls.map(({ call }) => call)).toEqual(expect.arrayContaining(['present', 'cleanUp']));
    }));

  it('hears of a rate limit', () =>
    virtualTime((time) => {
      const { ca, certificates } = application(time);
      ca.failNext('newOrder', { type: 'rateLimited', retryAfter: '3600' });
      const { error } = completed(time, certificates.obtain('example.org'));
      expect(error).toBeInstanceOf(AcmeRateLimitedError);
      expect((error as AcmeRateLimitedError).retryAfterMs).toBe(3_600_000);
    }));

  it('hears of an interceptor that sends a nonce twice', () =>
    virtualTime((time) => {
      const { ca, certificates } = application(time, {
        interceptors: [(request, next) => next(request).pipe(retry(3))],
      });
      ca.failNext('newOrder', { type: 'serverInternal' });
      const { error } = completed(time, certificates.obtain('example.org'));
      expect(error).toBeInstanceOf(AcmeInputError);
    }));
});
