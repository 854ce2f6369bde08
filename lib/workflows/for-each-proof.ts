import { catchError, concat, defer, EMPTY, from, mergeMap, type Observable } from 'rxjs';
import type { Proof } from './proof.js';

/** The work for one identifier, and what it errored with. */
export interface FailedProof {
  readonly proof: Proof;
  readonly error: unknown;
}

/**
 * Does the same for every proof of an order, a number of them at a time, and lets none stop the others.
 *
 * Emits what `work` emits; when all have ended, what `verdict` makes of those that errored; then completes. Errors only
 * with what `verdict` errors with.
 */
export const forEachProof = <R>(
  proofs: readonly Proof[],
  atATime: number,
  work: (proof: Proof) => Observable<R>,
  verdict: (failed: readonly FailedProof[]) => Observable<R>,
): Observable<R> =>
  defer(() => {
    const failed: FailedProof[] = [];
    const guarded = (proof: Proof) =>
      work(proof).pipe(
        catchError((error: unknown) => {
          failed.push({ proof, error });
          return EMPTY;
        }),
      );
    return concat(
      from(proofs).pipe(mergeMap(guarded, atATime)),
      defer(() => verdict(failed)),
    );
  });
