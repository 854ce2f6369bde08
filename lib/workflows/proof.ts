import { catchError, concat, defer, EMPTY, from, mergeMap, type Observable } from 'rxjs';
import type { Authorization, AuthorizationStatus } from '../model/authorization.js';
import { AcmeError } from '../model/errors/acme-error.js';
import type { AuthorizationFailure } from '../model/errors/authorization-error.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import type { AuthorizationPending, AuthorizationSettled } from '../model/events.js';
import type { ChallengeTask } from '../model/ports.js';
import type { Choice } from '../solvers/choose-solver.js';
import { throwFailures } from './authorization-failure.js';
import { eventBase, type Issuance, type Progress } from './issuance.js';

/** One authorization that is pending, and how it is to be proven. */
export interface Proof extends Choice {
  readonly authorization: Authorization;
  readonly task: ChallengeTask;
}

/** What an event about a proof carries. */
export const proofEventBase = (
  issuance: Issuance,
  { order }: Progress,
  { authorization, challenge }: Proof,
): Omit<AuthorizationPending, 'type'> => ({
  ...eventBase(issuance, order),
  identifier: authorization.identifier,
  wildcard: authorization.wildcard,
  challengeType: challenge.type,
});

/** The event for an authorization that has to be proven. */
export const pendingEvent = (issuance: Issuance, progress: Progress, proof: Proof): AuthorizationPending => ({
  type: 'authorization-pending',
  ...proofEventBase(issuance, progress, proof),
});

/** The event for an authorization that needs nothing more. */
export const settledEvent = (
  issuance: Issuance,
  { order }: Progress,
  { identifier, wildcard }: Pick<Authorization, 'identifier' | 'wildcard'>,
  status: AuthorizationStatus,
): AuthorizationSettled => ({
  type: 'authorization-settled',
  ...eventBase(issuance, order),
  identifier,
  wildcard,
  status,
});

/**
 * Does the same for every proof of an order, a number of them at a time, and lets none stop the others.
 *
 * Emits what `work` emits. When all have ended, completes, or errors with one error that names every identifier
 * whose work errored. An error that says nothing of one identifier, a lost connection say, is passed on at once.
 */
export function forEachProof<R>(
  { order }: Progress,
  proofs: readonly Proof[],
  atATime: number,
  work: (proof: Proof) => Observable<R>,
): Observable<R> {
  return defer(() => {
    const failures: AuthorizationFailure[] = [];
    const guarded = (proof: Proof) =>
      work(proof).pipe(
        catchError((error: unknown) => {
          failures.push(failureOf(proof, error));
          return EMPTY;
        }),
      );
    const verdict = defer(() => {
      throwFailures(failures, order);
      return EMPTY;
    });
    return concat(from(proofs).pipe(mergeMap(guarded, atATime)), verdict);
  });
}

function failureOf({ authorization, challenge }: Proof, error: unknown): AuthorizationFailure {
  return {
    identifier: authorization.identifier,
    wildcard: authorization.wildcard,
    authorizationUrl: authorization.url,
    challengeType: challenge.type,
    ...(error instanceof AcmeProblemError ? { problem: error.problem } : {}),
    cause: error,
    reason: error instanceof AcmeError ? error.message : String(error),
  };
}
