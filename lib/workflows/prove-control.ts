import { catchError, concat, concatMap, defer, from, map, mergeMap, type Observable, of, tap, throwError } from 'rxjs';
import type { Challenge } from '../model/challenge.js';
import type { AuthorizationFailure } from '../model/errors/authorization-error.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import type { ChallengeAnswered, CleanUpFailed } from '../model/events.js';
import type { Order } from '../model/order.js';
import { getAuthorization } from '../resources/authorization.js';
import { respondToChallenge } from '../resources/challenge.js';
import { bracket } from '../rx/bracket.js';
import {
  authorizationFailure,
  isAboutIdentifier,
  isFailed,
  proofFailure,
  throwFailures,
} from './authorization-failure.js';
import { explainInvalid, lookAtAll } from './explain-invalid.js';
import { type FailedProof, forEachProof } from './for-each-proof.js';
import { type Issuance, type Progress, progressed, type Step } from './issuance.js';
import { type Proof, proofEventBase, settledEvent } from './proof.js';
import { present, type Presented, waitReady, withdraw } from './solver-work.js';
import { watchOrder } from './watch-order.js';

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
    const answers: Challenge[] = [];
    const { state, scheduler } = issuance.account.session;
    const { maxRequestsInFlight: width } = state.limits;
    const refused = (failed: readonly FailedProof[]) => throwFailed(failed, order);
    return bracket<readonly Proof[], Step, CleanUpFailed>({
      acquire: () => of(proofs),
      use: () =>
        concat(
          forEachProof<Step>(proofs, width, (proof) => present(issuance, order, proof, presented), refused),
          forEachProof<Step>(proofs, proofs.length, waitReady, refused),
          forEachProof<Step>(
            proofs,
            width,
            (proof) => answer(issuance, order, proof, answers),
            (failed) => (failed.length === 0 ? of() : afterFailure(issuance, order, proofs, failed)),
          ),
          defer(() => awaitOrder(issuance, progress, proofs, answers)),
        ),
      release: () =>
        from(presented).pipe(mergeMap(([proof, presenting]) => withdraw(issuance, order, proof, presenting), width)),
      releaseTimeoutMs: Infinity, // Each clean-up has a limit of its own, and none of them errors.
      onDetachedValue: ({ error }) => {
        state.onDetachedError(error);
      },
      onDetachedError: () => undefined,
      scheduler,
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

/** A challenge that is under way already, in an order that is resumed, is not answered again. */
const answer = (
  issuance: Issuance,
  order: Order,
  proof: Proof,
  answers: Challenge[],
): Observable<ChallengeAnswered> => {
  const { challenge } = proof;
  const answered = challenge.status === 'pending' ? respondToChallenge(issuance.account, challenge) : of(challenge);
  return answered.pipe(
    catchError((error: unknown) =>
      error instanceof AcmeProblemError && isAboutIdentifier(error)
        ? begunDespite(error, issuance, proof)
        : throwError(() => error),
    ),
    tap((each) => answers.push(each)),
    map(({ status }) => ({ type: 'challenge-answered', ...proofEventBase(issuance, order, proof), status })),
  );
};

/** A server that refuses an answer may have had it before. */
const begunDespite = (
  refusal: AcmeProblemError,
  { account }: Issuance,
  { authorization, challenge }: Proof,
): Observable<Challenge> =>
  getAuthorization(account, authorization.url).pipe(
    map(({ status, challenges }) => {
      const now = challenges.find(({ url }) => url === challenge.url);
      if (now !== undefined && (status === 'valid' || now.status !== 'pending')) return now;
      throw refusal;
    }),
    catchError(() => throwError(() => refusal)),
  );

/** An order with one of these has all of its authorizations. */
const authorized = ['ready', 'processing', 'valid'];

/** The answers' own statuses may say it all; else the order is looked at, once for all of its names. */
function awaitOrder(
  issuance: Issuance,
  progress: Progress,
  proofs: readonly Proof[],
  answers: readonly Challenge[],
): Observable<Step> {
  const { retryAfterMs: _, ...order } = progress.order;
  const settled = () =>
    defer(() => from(proofs.map(({ authorization }) => settledEvent(issuance, order, authorization, 'valid'))));
  if (answers.every(({ status }) => status === 'valid')) {
    return concat(settled(), of(progressed(progress, { order: { ...order, status: 'ready' } })));
  }
  if (answers.some(({ status }) => status === 'invalid')) return explainInvalid(issuance, order, { settle: true });
  const waits = answers.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const asked = waits.length === 0 ? order : { ...order, retryAfterMs: Math.max(...waits) };
  return watchOrder(issuance, { ...progress, order: asked }, ({ status }) => status !== 'pending').pipe(
    concatMap((step): Observable<Step> => {
      if (step.type !== 'progress') return of(step);
      const { order: moved } = step.progress;
      if (moved.status === 'invalid') return explainInvalid(issuance, moved, { settle: true });
      return authorized.includes(moved.status) ? concat(settled(), of(step)) : of(step);
    }),
    catchError((error: unknown) =>
      error instanceof AcmeTimeoutError ? explainTimeout(issuance, order, error) : throwError(() => error),
    ),
  );
}

/** Some servers leave an order pending when a validation fails, and say why only in the authorization. */
const explainTimeout = (issuance: Issuance, order: Order, timeout: AcmeTimeoutError): Observable<Step> =>
  lookAtAll(issuance, order, false).pipe(
    catchError(() => throwError(() => timeout)),
    concatMap(({ authorizations }) => {
      const refused = authorizations.filter(({ challenges }) => challenges.some(({ error }) => error !== undefined));
      throwFailures(refused.map(authorizationFailure), order, timeout);
      return throwError(() => timeout);
    }),
  );
