import { map } from 'rxjs';
import { it, expect } from 'vitest';
import { obtainCertificate } from '../../lib/workflows/obtain-certificate.js';
import { virtualTime, record } from '../support/virtual-time.js';
import { recordingSolver, syncBench } from '../support/sync-ports.js';
it('works', () =>
  virtualTime(({ scheduler, flush }) => {
    const { account, ca } = syncBench(scheduler);
    const solver = recordingSolver();
    const r = record(
      obtainCertificate(account, { identifiers: ['example.org', '*.example.org'], solvers: [solver] }).pipe(
        map((e) => e.type),
      ),
    );
    console.log(r, ca.operations(), solver.calls);
  }));
