import { type AcmeSessionOptions, obtainCertificate, type ObtainCertificateOptions } from '../../lib/index.js';
import { fakeCa, type FakeCaOptions, recordingSolver, testAccount } from '../../lib/testing/index.js';
import { offsetClock } from '../support/sync-ports.js';
import { completed, type VirtualTime } from '../support/virtual-time.js';

/** A fake CA, an account of it and a solver, on virtual time and without chance. */
export function withFakeCa(time: VirtualTime, options: FakeCaOptions = {}, session: Partial<AcmeSessionOptions> = {}) {
  const { scheduler } = time;
  const clock = offsetClock(scheduler);
  const solver = recordingSolver();
  const ca = fakeCa({ scheduler, clock, solver, ...options });
  const account = testAccount(ca, { scheduler, clock, random: () => 0.5, ...session });
  /** The payloads of an operation's requests. */
  const sent = (operation: string): readonly Record<string, unknown>[] =>
    ca.history.requests
      .filter((each) => each.operation === operation)
      .map(({ payload }) => payload as Record<string, unknown>);
  /** Obtains a certificate to the end, whatever that is. */
  const obtained = (more: Partial<ObtainCertificateOptions> = {}) =>
    completed(time, obtainCertificate(account, { identifiers: ['example.org'], solvers: [solver], ...more }));
  return { ca, account, solver, clock, sent, obtained };
}
