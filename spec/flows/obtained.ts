import { type IssuanceOptions, obtainCertificate } from '../../lib/index.js';
import type { CaSettings, Operation } from '../support/scripted-ca.js';
import { recordingSolver, syncBench } from '../support/sync-ports.js';
import { completed, type VirtualTime } from '../support/virtual-time.js';

/** When virtual time begins, by the session's clock. */
export const startMs = Date.UTC(2026, 0, 1);

/** Obtains a certificate to the end, whatever that is. */
export function obtained(
  time: VirtualTime,
  settings: CaSettings,
  {
    identifiers = ['example.org'],
    solvers,
    script,
    ...options
  }: Partial<IssuanceOptions> & {
    identifiers?: string[];
    script?: (ca: ReturnType<typeof syncBench>['ca']) => void;
  } = {},
) {
  const bench = syncBench(time.scheduler, settings);
  const solver = recordingSolver({}, time.scheduler);
  script?.(bench.ca);
  const events$ = obtainCertificate(bench.account, { identifiers, solvers: solvers ?? [solver], ...options });
  const recording = completed(time, events$);
  const times = (operation: Operation) =>
    bench.ca.history.filter((each) => each.operation === operation).map(({ atMs }) => atMs);
  return { ...bench, ...recording, solver, times };
}
