import { catchError, concatMap, type Observable, type ObservableInput, type OperatorFunction, throwError } from 'rxjs';
import { AcmeBadNonceError } from '../model/errors/problem-error.js';
import { backoffMs } from '../rx/backoff.js';
import { wait } from '../rx/wait.js';
import { beforeNewNonce, newNonce } from './new-nonce.js';
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
): OperatorFunction<T, R> => concatMap((value) => leaseNonce(session, (nonce) => project(value, nonce)));

/** {@link withNonce} for one value that `project` knows. */
export function leaseNonce<R>(
  session: AcmeSession,
  project: (nonce: string) => ObservableInput<R>,
  refusals = 0,
  offered?: LeasedNonce,
): Observable<R> {
  const { nonces, gate, limits } = session.state;
  let leased: LeasedNonce | undefined;
  const use = (nonce: LeasedNonce) => {
    leased = nonce;
    return project(nonce.value);
  };
  const run = () => {
    // After a refusal without a nonce, one is asked for: the pool may be as stale as the one refused.
    const nonce = offered ?? (refusals === 0 ? nonces.take() : undefined);
    return nonce === undefined ? newNonce(session).pipe(concatMap(use)) : use(nonce);
  };
  const lease$ = gate.run(run);
  const isAsked = offered === undefined && nonces.isEmpty;
  return (isAsked ? beforeNewNonce(session).pipe(concatMap(() => lease$)) : lease$).pipe(
    catchError((error: unknown) => {
      if (!(error instanceof AcmeBadNonceError) || refusals >= limits.maxBadNonceRetries)
        return throwError(() => error);
      // A second refusal in a row: the server has lost its nonces, and those from before it are worth nothing.
      if (refusals > 0 && leased !== undefined) nonces.dropOlderThan(leased);
      const next = isNonce(error.nonce) ? nonces.mark(error.nonce) : undefined;
      const again = leaseNonce(session, project, refusals + 1, next);
      return refusals === 0
        ? again
        : wait(backoffMs(refusals - 1, backoff, session.random), session.scheduler).pipe(concatMap(() => again));
    }),
  );
}
