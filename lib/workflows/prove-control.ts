import {
  catchError,
  concat,
  concatMap,
  defer,
  EMPTY,
  endWith,
  from,
  ignoreElements,
  map,
  mergeMap,
  type Observable,
  of,
  tap,
  throwError,
} from 'rxjs';
import type { Challenge } from '../model/challenge.js';
import { AcmeError } from '../model/errors/acme-error.js';
import { AcmePortError } from '../model/errors/port-error.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import type { CleanUpFailed, IssuanceEvent } from '../model/events.js';
import { runPort } from '../request/port.js';
import { getAuthorization } from '../resources/authorization.js';
import { respondToChallenge } from '../resources/challenge.js';
import { bracket } from '../rx/bracket.js';
import { deadline } from '../rx/deadline.js';
import { explainInvalid } from './explain-invalid.js';
import { type Issuance, type Progress, progressed, type Step } from './issuance.js';
import { forEachProof, type Proof, proofEventBase, settledEvent } from './proof.js';
import { watchOrder } from './watch-order.js';

/**
 * Presents every proof, tells the server, watches the order until it moves, and withdraws what was presented,
 * whatever happens.
 *
 * @see RFC 8555 §7.5.1, §8
 */
export const proveControl = (issuance: Issuance, progress: Progress, proofs: readonly Proof[]): Observable<Step> =>
  defer(() => {
    const presented = new Set<Proof>();
    const answers: Challenge[] = [];
    const { maxRequestsInFlight: width } = issuance.account.session.state.limits;
    return bracket<readonly Proof[], Step, CleanUpFailed>({
      acquire: () => of(proofs),
      use: () =>
        concat(
          forEachProof(progress, proofs, width, (proof) => present(issuance, progress, proof, presented)),
          forEachProof(progress, proofs, proofs.length, waitReady),
          forEachProof(progress, proofs, width, (proof) => answer(issuance, progress, proof, answers)),
          defer(() => awaitOrder(issuance, progress, proofs, answers)),
        ),
      release: () => from(presented).pipe(mergeMap((proof) => withdraw(issuance, progress, proof), width)),
      releaseTimeoutMs: Infinity, // Each clean-up has a limit of its own, and none of them errors.
      onDetachedValue: ({ error }) => {
        issuance.account.session.state.onDetachedError(error);
      },
      onDetachedError: () => undefined,
      scheduler: issuance.account.session.scheduler,
    });
  });

const present = (
  issuance: Issuance,
  progress: Progress,
  proof: Proof,
  presented: Set<Proof>,
): Observable<IssuanceEvent> =>
  runPort('solver', () => {
    presented.add(proof);
    return proof.solver.present(proof.task);
  }).pipe(
    ignoreElements(),
    endWith(undefined),
    map(() => ({ type: 'challenge-presented', ...proofEventBase(issuance, progress, proof) }) as const),
  );

const waitReady = ({ solver, task }: Proof): Observable<never> =>
  runPort('solver', () => solver.ready?.(task) ?? EMPTY).pipe(ignoreElements());

/** A challenge that is under way already, in an order that is resumed, is not answered again. */
const answer = (
  issuance: Issuance,
  progress: Progress,
  proof: Proof,
  answers: Challenge[],
): Observable<IssuanceEvent> => {
  const { account } = issuance;
  const { challenge } = proof;
  const answered = challenge.status === 'pending' ? respondToChallenge(account, challenge) : of(challenge);
  return answered.pipe(
    catchError((error: unknown) =>
      error instanceof AcmeProblemError ? begunDespite(error, issuance, proof) : throwError(() => error),
    ),
    tap((each) => answers.push(each)),
    map(({ status }) => ({ type: 'challenge-answered', ...proofEventBase(issuance, progress, proof), status })),
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

/** The answers' own statuses may say it all; else the order is looked at, once for all of its names. */
function awaitOrder(
  issuance: Issuance,
  progress: Progress,
  proofs: readonly Proof[],
  answers: readonly Challenge[],
): Observable<Step> {
  const { retryAfterMs: _, ...order } = progress.order;
  const settled = from(proofs.map(({ authorization }) => settledEvent(issuance, progress, authorization, 'valid')));
  if (answers.every(({ status }) => status === 'valid')) {
    return concat(settled, of(progressed(progress, { order: { ...order, status: 'ready' } })));
  }
  if (answers.some(({ status }) => status === 'invalid')) return explainInvalid(issuance, order, { settle: true });
  const waits = answers.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const asked = waits.length === 0 ? order : { ...order, retryAfterMs: Math.max(...waits) };
  return watchOrder(issuance, { ...progress, order: asked }, ({ status }) => status !== 'pending').pipe(
    concatMap((step) => {
      if (step.type !== 'progress') return of(step);
      const { order: moved } = step.progress;
      return moved.status === 'invalid' ? explainInvalid(issuance, moved, { settle: true }) : concat(settled, of(step));
    }),
  );
}

/** What fails here ends nothing: it is an event. */
function withdraw(issuance: Issuance, progress: Progress, proof: Proof): Observable<CleanUpFailed> {
  const { session } = issuance.account;
  const { cleanUpTimeoutMs = 30_000 } = issuance.options;
  return runPort('solver', () => proof.solver.cleanUp(proof.task)).pipe(
    deadline({
      forMs: cleanUpTimeoutMs,
      scheduler: session.scheduler,
      onTimeout: () => new AcmeTimeoutError(`the clean-up took longer than ${cleanUpTimeoutMs} ms`, undefined),
    }),
    ignoreElements(),
    catchError((cause: unknown) => {
      const error = cause instanceof AcmeError ? cause : new AcmePortError('solver', cause);
      return of({ type: 'clean-up-failed', ...proofEventBase(issuance, progress, proof), error } as const);
    }),
  );
}
