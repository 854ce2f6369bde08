import { concatMap, type Observable, of, throwError } from 'rxjs';
import type { AcmeAccount } from '../request/account.js';
import type { AcmeResponse } from '../request/response.js';
import { lostBackoff, maxRepeats } from '../request/retry-lost.js';
import { backoffMs } from '../rx/backoff.js';
import { wait } from '../rx/wait.js';
import { signedPost } from './post-as-get.js';

/**
 * Sends a request that must not be carried out twice. When its answer is lost, `look` finds out: what it emits is the
 * answer, and `undefined` says that the request was not carried out; then it is sent again, twice at most.
 */
export function postOnce(
  account: AcmeAccount,
  url: string,
  payload: object,
  look: () => Observable<AcmeResponse | undefined>,
  lostSoFar = 0,
): Observable<AcmeResponse> {
  const { random, scheduler } = account.session;
  return signedPost(account, url, payload, (lost) =>
    look().pipe(
      concatMap((found) => {
        if (found !== undefined) return of(found);
        if (lostSoFar === maxRepeats) return throwError(() => lost);
        return wait(backoffMs(lostSoFar, lostBackoff, random), scheduler).pipe(
          concatMap(() => postOnce(account, url, payload, look, lostSoFar + 1)),
        );
      }),
    ),
  );
}
