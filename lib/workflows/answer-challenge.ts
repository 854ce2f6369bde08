import { catchError, concat, concatMap, defer, EMPTY, map, type Observable, of, throwError } from 'rxjs';
import { defined } from '../codec/defined.js';
import type { Challenge } from '../model/challenge.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import type { ChallengeAnswered } from '../model/events.js';
import type { Order } from '../model/order.js';
import type { AcmeAccount } from '../request/account.js';
import { callPort } from '../request/port.js';
import { getAuthorization } from '../resources/authorization.js';
import { respondToChallenge } from '../resources/challenge.js';
import { backoffMs } from '../rx/backoff.js';
import { wait } from '../rx/wait.js';
import { isAboutIdentifier } from './authorization-failure.js';
import type { Issuance } from './issuance.js';
import { type Proof, proofEventBase } from './proof.js';
import { scrubbedProblem, secretsOf } from './scrub.js';

/** The last answer that the server gave to each proof. */
export type Answers = Map<Proof, Challenge>;

/** How often one challenge is answered where the server tried in vain and would try again. */
export const maxTries = 4;

/** The waits between them: 2, 6 and 18 seconds. */
const backoff = { firstMs: 2_000, factor: 3, maxMs: 30_000, jitter: 0.1 };

/**
 * Tells the server that a proof is there. Where the server leaves the challenge pending, with an error, it is told again
 * after a while, no sooner than `Retry-After` says and four times in all; then, and where it says later than the order is
 * waited for, that error is what the proof failed of. A challenge that is under way already,
 * in an order that is resumed, is not answered again.
 *
 * Emits `challenge-answered` for each time.
 *
 * @see RFC 8555 §7.5.1, §8.2
 */
export const answerChallenge = (
  issuance: Issuance,
  order: Pick<Order, 'url'>,
  proof: Proof,
  answers: Answers,
  triesLeft = maxTries,
): Observable<ChallengeAnswered> => {
  const { challenge, task } = proof;
  const { account } = issuance;
  return (challenge.status === 'pending' ? respond(account, proof) : of(challenge)).pipe(
    concatMap((answer) => {
      answers.set(proof, answer);
      const { status, error } = answer;
      const problem = error && scrubbedProblem(error, secretsOf(task));
      const event: ChallengeAnswered = {
        type: 'challenge-answered',
        ...proofEventBase(issuance, order, proof),
        status,
        ...defined({ problem }),
      };
      const again$ = defer(() => {
        if (error === undefined || !isTriedAgain(answer)) return EMPTY;
        const { retryAfterMs = 0 } = answer;
        const { maxRetryAfterMs = Infinity, timeoutMs = 300_000 } = issuance.options.poll ?? {};
        if (triesLeft === 1 || retryAfterMs > Math.min(maxRetryAfterMs, timeoutMs)) throw new AcmeProblemError(error);
        return waitToTryAgain(issuance, triesLeft, retryAfterMs).pipe(
          concatMap(() => answerChallenge(issuance, order, proof, answers, triesLeft - 1)),
        );
      });
      return concat(of(event), again$);
    }),
  );
};

/** Each wait is longer than the one before. */
export const waitToTryAgain = ({ account }: Issuance, triesLeft: number, leastMs = 0): Observable<0> => {
  const { random, scheduler } = account.session;
  return wait(Math.max(backoffMs(maxTries - triesLeft, backoff, random), leastMs), scheduler);
};

/** Whether the server has tried in vain, and would try again if it was told to. */
export const isTriedAgain = ({ status, error }: Challenge): boolean => status === 'pending' && error !== undefined;

const respond = (account: AcmeAccount, proof: Proof): Observable<Challenge> => {
  const { solver, challenge, task } = proof;
  return callPort('solver', () => solver.response?.(task) ?? of({})).pipe(
    concatMap((payload) =>
      respondToChallenge(account, challenge, { payload }).pipe(
        catchError((error: unknown) =>
          error instanceof AcmeProblemError && isAboutIdentifier(error)
            ? begunDespite(error, account, proof)
            : throwError(() => error),
        ),
      ),
    ),
  );
};

/** A server that refuses an answer may have had it before. */
const begunDespite = (
  refusal: AcmeProblemError,
  account: AcmeAccount,
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
