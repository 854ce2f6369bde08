import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { obtainCertificate, toCertificate } from '../../lib/index.js';
import type { CaSettings } from '../support/scripted-ca.js';
import { recordingSolver, syncBench } from '../support/sync-ports.js';
import { completed, virtualTime } from '../support/virtual-time.js';
import { told } from './told.js';

describe('with synchronous ports, no latency and a server that answers valid at once', () => {
  it('a whole order completes in the frame in which it began', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const { account } = syncBench(scheduler);
      const keyStore = { save: () => [] };
      const events$ = obtainCertificate(account, {
        identifiers: ['example.org'],
        solvers: [recordingSolver()],
        keyStore,
      });
      expectObservable(events$.pipe(map(told))).toBe('(abcdefghi|)', {
        a: 'order-created pending',
        b: 'authorization-pending example.org http-01',
        c: 'challenge-presented example.org http-01',
        d: 'challenge-answered example.org http-01 valid',
        e: 'authorization-settled example.org valid',
        f: 'order-ready',
        g: 'key-stored',
        h: 'order-finalized valid',
        i: 'certificate-issued',
      });
    }));

  it('an order of a name and its wildcard completes in the frame in which it began', () =>
    virtualTime(({ scheduler, expectObservable }) => {
      const { account } = syncBench(scheduler);
      const solvers = [recordingSolver({ types: ['dns-01'] })];
      const events$ = obtainCertificate(account, { identifiers: ['example.org', '*.example.org'], solvers });
      expectObservable(events$.pipe(map(told))).toBe('(abcdefghijkl|)', {
        a: 'order-created pending',
        b: 'authorization-pending example.org dns-01',
        c: 'authorization-pending *.example.org dns-01',
        d: 'challenge-presented example.org dns-01',
        e: 'challenge-presented *.example.org dns-01',
        f: 'challenge-answered example.org dns-01 valid',
        g: 'challenge-answered *.example.org dns-01 valid',
        h: 'authorization-settled example.org valid',
        i: 'authorization-settled *.example.org valid',
        j: 'order-ready',
        k: 'order-finalized valid',
        l: 'certificate-issued',
      });
    }));

  it('the certificate is there in that frame too, and no timer is left', () =>
    virtualTime(({ scheduler, expectObservable, flush, timers }) => {
      const { account } = syncBench(scheduler);
      const issued$ = obtainCertificate(account, { identifiers: ['example.org'], solvers: [recordingSolver()] });
      expectObservable(
        issued$.pipe(
          toCertificate(),
          map(({ certificate }) => certificate.leaf.identifiers),
        ),
      ).toBe('(c|)', {
        c: [{ type: 'dns', value: 'example.org' }],
      });
      flush();
      expect([timers(), scheduler.now()]).toEqual([0, 0]);
    }));
});

describe('requests', () => {
  const requests = (names: number, settings: CaSettings) =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, settings);
      const identifiers = Array.from({ length: names }, (_, index) => `host-${index}.example.org`);
      const { error, isComplete } = completed(
        time,
        obtainCertificate(account, { identifiers, solvers: [recordingSolver()] }),
      );
      expect([error, isComplete]).toEqual([undefined, true]);
      const operations = ca.operations();
      const counts = Object.fromEntries(
        [...new Set(operations)].map((each) => [each, operations.filter((one) => one === each).length]),
      );
      return { total: operations.length, ...counts };
    });

  it.each([1, 10, 100])(
    'for %i names are 2 S + 3 where everything is valid at once, and directory and newNonce',
    (names) => {
      expect(requests(names, {})).toEqual({
        total: 2 * names + 3 + 2,
        directory: 1,
        newNonce: 1,
        newOrder: 1,
        authorization: names,
        challenge: names,
        finalize: 1,
        certificate: 1,
      });
    },
  );

  it.each([1, 10, 100])('for %i names are 2 S + 5 where validation and issuance take one look each', (names) => {
    expect(requests(names, { validationMs: 100, issuanceMs: 100 })).toEqual({
      total: 2 * names + 5 + 2,
      directory: 1,
      newNonce: 1,
      newOrder: 1,
      authorization: names,
      challenge: names,
      order: 2,
      finalize: 1,
      certificate: 1,
    });
  });

  it.each([1, 10, 100])('for %i names that are authorized already are 3, where the order is ready at once', (names) => {
    expect(requests(names, { authorized: () => true }).total).toBe(3 + 2);
  });

  it('are as many as the session may have under way, no more, and each brings the nonce of another', () =>
    virtualTime((time) => {
      const { ca, account } = syncBench(time.scheduler, { latencyMs: 50, validationMs: 10, issuanceMs: 10 });
      const identifiers = Array.from({ length: 100 }, (_, index) => `host-${index}.example.org`);
      completed(time, obtainCertificate(account, { identifiers, solvers: [recordingSolver()] }));
      const operations = ca.operations();
      expect(operations.filter((each) => each === 'newNonce')).toHaveLength(16);
      expect(operations).toHaveLength(1 + 16 + 2 * 100 + 5);
      const perFrame = new Map<number, number>();
      for (const { atMs } of ca.history) perFrame.set(atMs, (perFrame.get(atMs) ?? 0) + 1);
      expect(Math.max(...perFrame.values())).toBe(16);
    }));
});
