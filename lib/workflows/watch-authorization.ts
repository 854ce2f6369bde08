import { catchError, concatMap, EMPTY, exhaustMap, map, type Observable, of } from 'rxjs';
import { isAuthorizationSettled } from '../model/authorization.js';
import type { IssuanceEvent } from '../model/events.js';
import type { Order } from '../model/order.js';
import { pollAuthorization } from '../resources/authorization.js';
import { sameAuthorization } from '../resources/same-authorization.js';
import { wait } from '../rx/wait.js';
import { answerChallenge, type Answers, isTriedAgain, maxTries, waitToTryAgain } from './answer-challenge.js';
import { settledWithReason } from './explain-invalid.js';
import type { Issuance } from './issuance.js';
import type { Proof } from './proof.js';

/**
 * Looks at one authorization beside its order, so that it is told as soon as it is settled. Where the server leaves its
 * challenge pending, with an error, some time after the answer, it is told to try again: four times in all.
 *
 * Emits `authorization-settled`, and `challenge-answered` for each further try; then completes. Never errors: what comes
 * of it is for the order to say.
 *
 * @see RFC 8555 §7.5.1
 */
export const watchAuthorization = (
  issuance: Issuance,
  order: Pick<Order, 'url'>,
  proof: Proof,
  answers: Answers,
): Observable<IssuanceEvent> => {
  let triesLeft = maxTries;
  const { account, options } = issuance;
  const { retryAfterMs } = answers.get(proof) ?? {};
  const asked$ = retryAfterMs === undefined ? of(0) : wait(retryAfterMs, account.session.scheduler);
  return asked$.pipe(
    concatMap(() => pollAuthorization(account, proof.authorization.url, options.poll)),
    map((look) => sameAuthorization(proof.authorization, look)),
    // While it is told again, nothing new is to be seen.
    exhaustMap((look) => {
      if (isAuthorizationSettled(look)) return of(settledWithReason(issuance, order, look));
      const now = look.challenges.find(({ url }) => url === proof.challenge.url);
      if (now === undefined || !isTriedAgain(now) || triesLeft === 1) return EMPTY;
      return waitToTryAgain(issuance, triesLeft--).pipe(
        concatMap(() => answerChallenge(issuance, order, { ...proof, challenge: now }, answers, 1)),
        catchError(() => EMPTY),
      );
    }),
    catchError(() => EMPTY),
  );
};
