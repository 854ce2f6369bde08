import { catchError, concat, concatMap, defer, from, mergeMap, type Observable, of, throwError } from 'rxjs';
import type { AuthorizationFailure } from '../model/errors/authorization-error.js';
import type { CleanUpFailed } from '../model/events.js';
import type { Order } from '../model/order.js';
import { releasing } from '../rx/bracket.js';
import { answerChallenge, type Answers } from './answer-challenge.js';
import {
  authorizationFailure,
  isAboutIdentifier,
  isFailed,
  proofFailure,
  throwFailures,
} from './authorization-failure.js';
import { awaitOrder } from './await-order.js';
import { lookAtAll } from './explain-invalid.js';
import { type FailedProof, forEachProof } from './for-each-proof.js';
import type { Issuance, Progress, Step } from './issuance.js';
import type { Proof } from './proof.js';
import { present, type Presented, waitReady, withdraw } from './solver-work.js';

/**
 * Presents every proof, tells the server, watches the order until it moves, and withdraws what was presented,
 * whatever happens.
 *
 * @see RFC 8555 §7.5.1, §8
 */
export const proveControl = (issuance: Issuance, progress: Progress, proofs: readonly Proof[]): Observable<Step> =>
  defer(() => {
    const { order } = progress;
    const presented: Presented = new Map();
    const answers: Answers = new Map();
    const { state } = issuance.account.session;
    const { maxRequestsInFlight: width } = state.limits;
    const refused = (failed: readonly FailedProof[]) => throwFailed(failed, order);
    // Each clean-up has a limit of its own, and none of them errors.
    return releasing<readonly Proof[], Step, CleanUpFailed>({
      acquire: () => of(proofs),
      use: () =>
        concat(
          forEachProof<Step>(proofs, width, (proof) => present(issuance, order, proof, presented), refused),
          forEachProof<Step>(proofs, proofs.length, (proof) => waitReady(issuance, order, proof), refused),
          forEachProof<Step>(
            proofs,
            proofs.length, // Whoever waits to be answered again keeps nobody else waiting.
            (proof) => answerChallenge(issuance, order, proof, answers),
            (failed) => (failed.length === 0 ? of() : afterFailure(issuance, order, proofs, failed)),
          ),
          defer(() => awaitOrder(issuance, progress, proofs, answers)),
        ),
      release: () =>
        from(presented).pipe(mergeMap(([proof, presenting]) => withdraw(issuance, order, proof, presenting), width)),
      onDetachedValue: ({ error }) => {
        state.onDetachedError(error);
      },
      onDetachedError: () => undefined,
    });
  });

/**
 * Ends the order where anything failed. One error that is not about an identifier says more than a list of identifiers
 * would.
 */
function throwFailed(
  failed: readonly FailedProof[],
  order: Order,
  others: readonly AuthorizationFailure[] = [],
): Observable<never> {
  const general = failed.find(({ error }) => !isAboutIdentifier(error));
  if (general !== undefined) return throwError(() => general.error);
  throwFailures([...failed.map(({ proof, error }) => proofFailure(proof, error)), ...others], order);
  return of();
}

/** The siblings that the server was told of are validated all the same, and must be left presented until that is over. */
function afterFailure(
  issuance: Issuance,
  order: Order,
  proofs: readonly Proof[],
  failed: readonly FailedProof[],
): Observable<Step> {
  const told = proofs.filter((proof) => !failed.some((each) => each.proof === proof));
  const siblings = { ...order, authorizations: told.map(({ authorization }) => authorization.url) };
  return lookAtAll(issuance, siblings, true).pipe(
    catchError(() => of({ authorizations: [] })),
    concatMap(({ authorizations }) =>
      throwFailed(failed, order, authorizations.filter(isFailed).map(authorizationFailure)),
    ),
  );
}
