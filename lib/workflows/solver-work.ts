import { catchError, concat, defer, EMPTY, ignoreElements, map, type Observable, type ObservableInput, of } from 'rxjs';
import { AcmeError } from '../model/errors/acme-error.js';
import { AcmePortError } from '../model/errors/port-error.js';
import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import type { ChallengePresented, CleanUpFailed, ProofProgress } from '../model/events.js';
import type { Order } from '../model/order.js';
import { runPort } from '../request/port.js';
import { endedBy } from '../rx/deadline.js';
import { wait } from '../rx/wait.js';
import { whenOver } from '../rx/when-over.js';
import type { Issuance } from './issuance.js';
import { type Proof, proofEventBase } from './proof.js';
import { plainData, scrubbed, secretsOf } from './scrub.js';

/** What the solvers of one order were asked to present, and what they returned. */
export type Presented = Map<Proof, ObservableInput<unknown>>;

/** Emits `challenge-presented` when the solver is done. */
export const present = (
  issuance: Issuance,
  order: Pick<Order, 'url'>,
  proof: Proof,
  presented: Presented,
): Observable<ChallengePresented> =>
  concat(
    runPort('solver', () => {
      presented.set(proof, []);
      const work = proof.solver.present(proof.task);
      presented.set(proof, work);
      return work;
    }).pipe(ignoreElements()),
    defer(() => of<ChallengePresented>({ type: 'challenge-presented', ...proofEventBase(issuance, order, proof) })),
  );

/** Emits `proof-progress` as the solver does, and completes when the server will see what it presented. */
export const waitReady = (issuance: Issuance, order: Pick<Order, 'url'>, proof: Proof): Observable<ProofProgress> =>
  runPort('solver', () => proof.solver.ready?.(proof.task) ?? EMPTY).pipe(
    map((progress) => ({
      type: 'proof-progress',
      ...proofEventBase(issuance, order, proof),
      progress: plainData(progress, secretsOf(proof.task)),
    })),
  );

/**
 * Withdraws what a solver presented. A promise of its own that is still under way is waited for first, within the time
 * that a clean-up may take: else it would present again what was just withdrawn. Emits `clean-up-failed` where that fails, which ends nothing.
 */
export function withdraw(
  issuance: Issuance,
  order: Pick<Order, 'url'>,
  proof: Proof,
  presenting: ObservableInput<unknown>,
): Observable<CleanUpFailed> {
  const { scheduler } = issuance.account.session;
  const { cleanUpTimeoutMs: forMs = 30_000 } = issuance.options;
  return concat(
    whenOver(presenting, scheduler, forMs),
    runPort('solver', () => proof.solver.cleanUp(proof.task)).pipe(
      endedBy(
        wait(forMs, scheduler),
        () => new AcmeTimeoutError(`the clean-up took longer than ${forMs} ms`, undefined),
      ),
    ),
  ).pipe(
    ignoreElements(),
    catchError((cause: unknown) =>
      of<CleanUpFailed>({
        type: 'clean-up-failed',
        error: withoutSecrets(cause, proof),
        ...proofEventBase(issuance, order, proof),
      }),
    ),
  );
}

/** An error that says nothing of a task's secrets. */
export function withoutSecrets(error: unknown, { task }: Pick<Proof, 'task'>): AcmeError {
  const secrets = secretsOf(task);
  if (!(error instanceof AcmeError)) return new AcmePortError('solver', error);
  const safe = scrubbed(error.message, secrets);
  return safe === error.message
    ? error
    : new AcmePortError('solver', new Error(scrubbed(String(error.cause), secrets)));
}
