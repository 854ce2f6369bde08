import {
  catchError,
  concatMap,
  from,
  type Observable,
  type ObservableInput,
  of,
  type OperatorFunction,
  throwError,
} from 'rxjs';
import { AcmeBadNonceError } from '../model/errors/problem-error.js';
import { backoffMs } from '../rx/backoff.js';
import { wait } from '../rx/wait.js';
import { newNonce } from './new-nonce.js';
import { isNonce, type LeasedNonce } from './nonce-pool.js';
import type { AcmeSession } from './session.js';

/** The first try after a refusal is made at once. */
const backoff = { firstMs: 50, factor: 2, maxMs: 1_000, jitter: 0.1 };

/**
 * Leases one nonce per source value and hands both to `project`. When what `project` returned errors with
 * {@link AcmeBadNonceError}, `project` runs again with the nonce of that very answer: the first time at once, then a
 * little later each time, `maxBadNonceRetries` times at most. A nonce is handed out once, whatever becomes of it. A
 * lease holds one of the session's places for requests until what `project` returned has ended, so `project` must not
 * lease another nonce.
 *
 * Emits what `project` emits, in the order of the source values, one at a time; completes with the source. Errors
 * with what `project` errors with, and with those of newNonce. Cost: no request while the pool holds a nonce, else
 * one GET.
 *
 * @see RFC 8555 §6.5, §7.2
 */
export const withNonce = <T, R>(
  session: AcmeSession,
  project: (value: T, nonce: string) => ObservableInput<R>,
): OperatorFunction<T, R> => concatMap((value) => attempt(session, (nonce) => project(value, nonce), 0));

function attempt<R>(
  session: AcmeSession,
  project: (nonce: string) => ObservableInput<R>,
  refusals: number,
  offered?: LeasedNonce,
): Observable<R> {
  const { nonces, slots, limits } = session.state;
  let leased: LeasedNonce | undefined;
  const run = slots.run(() =>
    lease(session, offered, refusals).pipe(
      concatMap((nonce) => {
        leased = nonce;
        return from(project(nonce.value));
      }),
    ),
  );
  return run.pipe(
    catchError((error: unknown) => {
      if (!(error instanceof AcmeBadNonceError) || refusals >= limits.maxBadNonceRetries)
        return throwError(() => error);
      // A second refusal in a row: the server has lost its nonces, and those from before it are worth nothing.
      if (refusals > 0 && leased !== undefined) nonces.dropOlderThan(leased);
      const next = isNonce(error.nonce) ? nonces.mark(error.nonce) : undefined;
      const again = attempt(session, project, refusals + 1, next);
      return refusals === 0
        ? again
        : wait(backoffMs(refusals - 1, backoff, session.random), session.scheduler).pipe(concatMap(() => again));
    }),
  );
}

/** After a refusal without a nonce, one is asked for: the pool may be as stale as the one refused. */
function lease(session: AcmeSession, offered: LeasedNonce | undefined, refusals: number): Observable<LeasedNonce> {
  const nonce = offered ?? (refusals === 0 ? session.state.nonces.take() : undefined);
  return nonce === undefined ? newNonce(session) : of(nonce);
}
