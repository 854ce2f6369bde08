import { concat, concatMap, defer, from, ignoreElements, last, map, type Observable, of, tap } from 'rxjs';
import { type Authorization, isAuthorizationSettled } from '../model/authorization.js';
import type { Challenge } from '../model/challenge.js';
import { AcmeAuthorizationError } from '../model/errors/authorization-error.js';
import type { IdentifierInput } from '../model/identifier.js';
import type { AcmeAccount } from '../request/account.js';
import { getAuthorization } from '../resources/authorization.js';
import { newAuthorization, type NewAuthorizationOptions } from '../resources/new-authorization.js';
import { pollPorts } from '../resources/poll.js';
import { sameAuthorization } from '../resources/same-authorization.js';
import { releasing } from '../rx/bracket.js';
import { pollUntil } from '../rx/poll-until.js';
import { answerChallenge, type Answers } from './answer-challenge.js';
import { authorizationFailure, isAboutIdentifier, proofFailure } from './authorization-failure.js';
import { forEachProof } from './for-each-proof.js';
import type { Issuance } from './issuance.js';
import { checkedOptions, type IssuanceOptions } from './issuance-options.js';
import { planProofs } from './plan-proofs.js';
import type { Proof } from './proof.js';
import { present, type Presented, waitReady, withdraw } from './solver-work.js';

/** Options of {@link authorizeIdentifier}. */
export interface AuthorizeIdentifierOptions
  extends NewAuthorizationOptions, Pick<IssuanceOptions, 'solvers' | 'poll' | 'cleanUpTimeoutMs'> {
  /** A host name without `*.`, or an IP address. */
  readonly identifier: IdentifierInput;
}

/**
 * Proves control over an identifier ahead of any order, where the server offers that: asks for the authorization, has a
 * solver present the proof, tells the server, and withdraws the proof again, whatever happens. An order for identifiers
 * that are all authorized is ready at once.
 *
 * Emits once: the valid authorization; then completes. Unsubscribing aborts the request under way and withdraws what was
 * presented. A clean-up that fails goes to the session's `onDetachedError`.
 *
 * Errors: those of {@link newAuthorization}; {@link AcmeAuthorizationError} where the proof fails, on this side or at the
 * server; {@link AcmeUnsupportedError} where no solver fits; {@link AcmeTimeoutError} with the last look. Cost: three
 * requests, and one for each further look; one where the account has the authorization already. Throws `TypeError` on
 * options that cannot work.
 *
 * @example
 * ```ts
 * const solvers = [dns01({ add: (record) => of(record.name), remove: (record) => of(record.name) })];
 * const issued$ = authorizeIdentifier(account, { identifier: 'example.org', solvers }).pipe(
 *   concatMap(() => obtainCertificate(account, { identifiers: ['example.org'], solvers: [] })),
 * );
 * ```
 *
 * @see RFC 8555 §7.4.1, §7.5.1
 */
export function authorizeIdentifier(
  account: AcmeAccount,
  { identifier, ...options }: AuthorizeIdentifierOptions,
): Observable<Authorization> {
  const issuance: Issuance = { account, ...checkedOptions('authorizeIdentifier', options), identifiers: [] };
  return newAuthorization(account, identifier, options).pipe(
    concatMap((authorization) => {
      if (isAuthorizationSettled(authorization)) return of(authorization);
      if (authorization.status !== 'pending') return settled(issuance, authorization);
      return planProofs(account, options.solvers, [authorization]).pipe(
        concatMap(([proof]) => proven(issuance, authorization, proof as Proof)),
      );
    }),
    map((authorization) => {
      if (authorization.status === 'valid') return authorization;
      throw new AcmeAuthorizationError([authorizationFailure(authorization)], { url: authorization.url });
    }),
  );
}

/** Emits the authorization once it is settled. */
function proven(issuance: Issuance, authorization: Authorization, proof: Proof): Observable<Authorization> {
  const { state } = issuance.account.session;
  const { url } = authorization;
  return defer(() => {
    const presented: Presented = new Map();
    const answers: Answers = new Map();
    // Each clean-up has a limit of its own, and none of them errors.
    return releasing<Proof, Authorization>({
      acquire: () => of(proof),
      use: () =>
        concat(
          steps(
            proof,
            concat(
              present(issuance, { url }, proof, presented),
              waitReady(issuance, { url }, proof),
              answerChallenge(issuance, { url }, proof, answers),
            ),
          ),
          defer(() => settled(issuance, authorization, answers.get(proof))),
        ),
      release: () =>
        from(presented).pipe(
          concatMap(([each, presenting]) => withdraw(issuance, { url }, each, presenting)),
          tap(({ error }) => {
            state.onDetachedError(error);
          }),
          ignoreElements(),
        ),
      onDetachedError: () => undefined,
    });
  });
}

/** Looks at the authorization until it is settled, no sooner than the answer to its challenge says. */
function settled({ account, options }: Issuance, before: Authorization, answer?: Challenge): Observable<Authorization> {
  const read = () => getAuthorization(account, before.url).pipe(map((now) => sameAuthorization(before, now)));
  const { status, retryAfterMs } = answer ?? {};
  const isOver = retryAfterMs === undefined || status === 'valid' || status === 'invalid';
  return (isOver ? read() : of({ ...before, retryAfterMs })).pipe(
    pollUntil({
      ...pollPorts<Authorization>(account.session, 'the authorization', options.poll),
      read,
      settled: isAuthorizationSettled,
    }),
    last(),
  );
}

/** Runs the client's part of a proof. An error about the identifier names it. */
const steps = (proof: Proof, work$: Observable<unknown>): Observable<never> =>
  forEachProof(
    [proof],
    1,
    () => work$.pipe(ignoreElements()),
    ([failed]) => {
      if (failed === undefined) return of();
      if (!isAboutIdentifier(failed.error)) throw failed.error;
      throw new AcmeAuthorizationError([proofFailure(proof, failed.error)], { url: proof.authorization.url });
    },
  );
