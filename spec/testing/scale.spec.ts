import { mergeMap, range } from 'rxjs';
import { expect, it } from 'vitest';
import { obtainCertificate, toCertificate } from '../../lib/index.js';
import { fakeCa, recordingSolver, testAccount, virtualTime } from '../../lib/testing/index.js';

it('300 whole orders, 50 at a time, at 200 ms latency', () =>
  virtualTime(({ scheduler, flush }) => {
    const solver = recordingSolver();
    const ca = fakeCa({
      scheduler,
      latencyMs: 200,
      validation: { delayMs: 100 },
      issuance: { delayMs: 100 },
      solver,
      historyLimit: 500,
    });
    const account = testAccount(ca, { scheduler, maxRequestsInFlight: 50 });
    const serialNumbers = new Set<string>();
    let isComplete = false;
    range(1, 300)
      .pipe(
        mergeMap(
          (index) =>
            obtainCertificate(account, { identifiers: [`n${index}.test`], solvers: [solver] }).pipe(toCertificate()),
          50,
        ),
      )
      .subscribe({
        next: ({ certificate }) => serialNumbers.add(certificate.leaf.serialNumber),
        complete: () => (isComplete = true),
      });
    flush();
    expect([isComplete, serialNumbers.size, solver.presented.length]).toEqual([true, 300, 0]);
    expect(ca.history.counts).toEqual({
      directory: 1,
      newNonce: 50,
      newOrder: 300,
      authorization: 300,
      challenge: 300,
      order: 600,
      finalize: 300,
      certificate: 300,
    });
    expect(ca.history.requests).toHaveLength(500);
    ca.verify();
  }));
