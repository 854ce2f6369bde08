/** The service in virtual time, at a CA in the process. Run by `npx vitest run --project samples`. */
import '@angular/compiler';
import { HttpBackend, provideHttpClient } from '@angular/common/http';
import { type AcmeSession, newAccount } from 'rxacme';
import { ACME_SESSION, provideAcme, withAccount, withHttpClient, withSolvers } from 'rxacme/angular';
import { fakeCa, type FakeCaOptions, recordingSolver, synchronousPorts, synchronousSigner } from 'rxacme/testing';
import { concatMap, filter, map, type Observable, takeUntil, takeWhile, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fakeBackend } from '../../../../spec/angular/support/fake-backend.js';
import { injectorWith } from '../../../../spec/angular/support/test-bed.js';
import { offsetClock } from '../../../../spec/support/sync-ports.js';
import { completed, record, virtualTime, type VirtualTime } from '../../../../spec/support/virtual-time.js';
import { Certificates } from './certificates';
import { OrderMemory, STORAGE } from './order-memory';
import { Waits } from './waits';
import type { Step } from './step';
import { next, started, type View } from './view';

function application({ scheduler }: VirtualTime, options: FakeCaOptions = {}) {
  const clock = offsetClock(scheduler);
  const solver = recordingSolver();
  const ca = fakeCa({ scheduler, clock, solver, ...options });
  const kept = new Map<string, string>();
  const waits = new Waits();
  const storage = {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  };
  const injector = injectorWith(
    provideHttpClient(),
    { provide: HttpBackend, useValue: fakeBackend(ca.transport) },
    { provide: STORAGE, useValue: storage },
    { provide: Waits, useValue: waits },
    { provide: OrderMemory },
    { provide: Certificates },
    provideAcme(
      {
        directoryUrl: ca.directoryUrl,
        scheduler,
        clock,
        retry: waits.policy,
        ...synchronousPorts(),
      },
      withHttpClient(),
      withAccount((session: AcmeSession) =>
        newAccount(session, { signer: synchronousSigner(), termsOfServiceAgreed: true }),
      ),
      withSolvers([solver]),
    ),
  );
  const orders = () => ca.history.requests.filter(({ operation }) => operation === 'newOrder').length;
  return {
    ca,
    solver,
    kept,
    orders,
    certificates: injector.inject(Certificates),
    session: injector.inject(ACME_SESSION),
  };
}

const names = ['example.org', 'www.example.org'];
const shown = (steps: readonly Parameters<typeof next>[1][]): View => steps.reduce(next, started(names));

/** How each kind of step is drawn. */
const letters: Readonly<Record<string, string>> = {
  'order-created': 'o',
  'authorization-pending': 'p',
  'challenge-presented': 'u',
  'challenge-answered': 'a',
  waiting: 'w',
  polled: 'l',
  'authorization-settled': 's',
  'order-ready': 'r',
  'key-stored': 'k',
  'order-finalized': 'f',
  'certificate-issued': 'c',
  retrying: 't',
  held: 'h',
};
const drawn = (steps$: Observable<Step>) => steps$.pipe(map(({ type }) => letters[type] ?? type));

describe('the service of the Angular sample', () => {
  it('tells each step at its time, and completes with the certificate', () =>
    virtualTime((time) => {
      const { certificates } = application(time, { latencyMs: 10, validation: { delayMs: 500 }, retryAfter: '1' });
      const marbles = '40ms o 19ms (ppuu) 4ms (aaw) 1005ms (ss) 6ms (lrk) 5ms f 9ms (c|)';
      time.expectObservable(drawn(certificates.obtain(names))).toBe(marbles);
    }));

  it('shows a request that is sent again', () =>
    virtualTime((time) => {
      const { ca, certificates } = application(time);
      ca.failNext('newOrder', { type: 'serverInternal', status: 500 });
      const told$ = drawn(certificates.obtain(names)).pipe(filter((letter) => 'thoc'.includes(letter)));
      time.expectObservable(told$).toBe('t 249ms (oc|)');
    }));

  it('shows a rate limit that holds requests back, and waits for its end', () =>
    virtualTime((time) => {
      const { ca, certificates } = application(time);
      ca.failNext('newOrder', { type: 'rateLimited', retryAfter: '30' });
      const told$ = drawn(certificates.obtain(names)).pipe(takeWhile((letter) => letter !== 'o', true));
      time.expectObservable(told$).toBe('(ht) 29996ms (ho|)');
    }));

  it('goes on with the order that a reload interrupted', () =>
    virtualTime((time) => {
      const { certificates, kept, orders } = application(time, { latencyMs: 20, validation: { delayMs: 5_000 } });
      const interrupted = record(certificates.obtain(names));
      time.scheduler.schedule(() => {
        const found = [...kept];
        interrupted.unsubscribe();
        // A page that is loaded anew unsubscribes from nothing: what it kept is still there.
        for (const [name, value] of found) kept.set(name, value);
      }, 300);
      const { values, isComplete } = completed(
        time,
        timer(1_000, time.scheduler).pipe(concatMap(() => certificates.obtain(names))),
      );
      expect(values[0]).toMatchObject({ type: 'order-created', resumed: true });
      expect([values.at(-1)?.type, isComplete, orders()]).toEqual(['certificate-issued', true, 1]);
    }));

  it('keeps the order of a certificate that was issued, until it is forgotten', () =>
    virtualTime((time) => {
      const { certificates, kept, orders } = application(time);
      completed(time, certificates.obtain(names));
      expect(kept.size).toBe(2);
      certificates.forget(names);
      expect(kept.size).toBe(0);
      completed(time, certificates.obtain(names));
      expect(orders()).toBe(2);
    }));

  it('says of each name why it failed, and orders anew the next time', () =>
    virtualTime((time) => {
      const outcome = ({ identifier }: { identifier: { value: string } }) =>
        identifier.value === 'www.example.org' ? { type: 'connection', detail: 'nobody answers' } : undefined;
      const { certificates, kept, orders } = application(time, { validation: { delayMs: 100, outcome } });
      const { values, error } = completed(time, certificates.obtain(names));
      const view = shown([...values, { type: 'failed', at: new Date(0), error }]);
      expect(view).toMatchObject({
        phase: 'failed',
        failure: 'One name could not be proven.',
        mayFareBetter: true,
        names: [{ state: 'valid' }, { state: 'failed', text: 'nobody answers' }],
      });
      expect(kept.size).toBe(0);
      completed(time, certificates.obtain(names));
      expect(orders()).toBe(2);
    }));

  it('says of a proof that cannot be given that it is none, and that trying again is of no use', () =>
    virtualTime((time) => {
      const { certificates } = application(time, { challengeTypes: () => ['of-another-kind-01'] });
      const { values, error } = completed(time, certificates.obtain(names));
      expect(shown([...values, { type: 'failed', at: new Date(0), error }])).toMatchObject({
        phase: 'failed',
        failure: expect.stringMatching(/^The authority asks for proofs that cannot be given here/) as string,
        mayFareBetter: false,
        names: Array(2).fill({ state: 'stopped', text: 'Not proven before it ended' }),
      });
    }));

  it.each([
    ['serverInternal', true],
    ['rateLimited', true],
    ['rejectedIdentifier', false],
    ['unauthorized', false],
  ])('says whether trying again after %s is worth while: %s', (code, mayFareBetter) =>
    virtualTime((time) => {
      const { ca, certificates } = application(time);
      for (let tries = 0; tries < 20; tries++) ca.failNext('newOrder', { type: code });
      const { values, error } = completed(time, certificates.obtain(names));
      const view = shown([...values, { type: 'failed', at: new Date(0), error }]);
      expect(view).toMatchObject({ mayFareBetter, names: Array(2).fill({ state: 'waiting' }) });
    }),
  );

  it('withdraws and forgets what its page left', () =>
    virtualTime((time) => {
      const { certificates, solver, kept } = application(time, { latencyMs: 20, validation: { delayMs: 60_000 } });
      const left = record(certificates.obtain(names).pipe(takeUntil(timer(300, time.scheduler))));
      time.flush();
      expect(left.values.map(({ type }) => type)).toContain('challenge-answered');
      const calls = solver.calls.map(({ call }) => call);
      expect(calls.filter((call) => call === 'cleanUp')).toHaveLength(2);
      expect([kept.size, time.timers()]).toEqual([0, 0]);
    }));
});
