import { concat, concatMap, defer, from, map, mergeMap, type Observable, toArray } from 'rxjs';
import { type Authorization, isAuthorizationSettled } from '../model/authorization.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import { nameOf } from '../model/identifier.js';
import { callPort } from '../request/port.js';
import { getAuthorization } from '../resources/authorization.js';
import { challengeTask } from '../solvers/challenge-task.js';
import { type Choice, chooseSolver } from '../solvers/choose-solver.js';
import { jwkThumbprint } from '../signing/thumbprint.js';
import { authorizationFailure, isFailed, throwFailures } from './authorization-failure.js';
import type { Issuance, Progress, Step } from './issuance.js';
import { type Proof, proofEventBase, settledEvent } from './proof.js';
import { proveControl } from './prove-control.js';
import { watchOrder } from './watch-order.js';

/**
 * Takes an order out of `pending`: reads its authorizations, proves control for those that need it, and watches the
 * order until it moves.
 *
 * @see RFC 8555 §7.5, §7.1.6
 */
export const authorize = (issuance: Issuance, progress: Progress): Observable<Step> =>
  readAuthorizations(issuance, progress).pipe(
    concatMap((authorizations) => {
      const { order } = progress;
      throwFailures(authorizations.filter(isFailed).map(authorizationFailure), order);
      const pending = authorizations.filter(({ status }) => status === 'pending');
      const settled = authorizations.filter(isAuthorizationSettled);
      return concat(
        from(settled.map((each) => settledEvent(issuance, order, each, each.status))),
        pending.length === 0
          ? watchOrder(issuance, progress, ({ status }) => status !== 'pending')
          : planned(issuance, progress, pending).pipe(concatMap((proofs) => proven(issuance, progress, proofs))),
      );
    }),
  );

const proven = (issuance: Issuance, progress: Progress, proofs: readonly Proof[]): Observable<Step> =>
  concat(
    defer(() =>
      from(proofs).pipe(
        map((proof): Step => ({ type: 'authorization-pending', ...proofEventBase(issuance, progress.order, proof) })),
      ),
    ),
    proveControl(issuance, progress, proofs),
  );

const readAuthorizations = ({ account }: Issuance, { order }: Progress): Observable<Authorization[]> =>
  from(new Set(order.authorizations)).pipe(
    mergeMap((url) => getAuthorization(account, url), account.session.state.limits.maxRequestsInFlight),
    toArray(),
  );

/** Chooses for every authorization before anything is presented, so that nothing is begun that cannot be finished. */
function planned(
  { account, options }: Issuance,
  { order }: Progress,
  pending: readonly Authorization[],
): Observable<Proof[]> {
  const choices = pending.map((authorization) => ({
    authorization,
    choice: chooseSolver(authorization, options.solvers),
  }));
  const unsolved = choices.filter(({ choice }) => choice === undefined).map(({ authorization }) => authorization);
  if (unsolved.length > 0)
    throw noSolver(
      unsolved,
      options.solvers.flatMap(({ types }) => types),
      order.url,
    );
  const { digest } = account.session.state;
  return callPort('digest', () => jwkThumbprint(account.signer.publicJwk, digest)).pipe(
    concatMap((thumbprint) =>
      from(choices).pipe(
        concatMap(({ authorization, choice }) => {
          const chosen = choice as Choice;
          return challengeTask(account, thumbprint, authorization, chosen.challenge).pipe(
            map((task): Proof => ({ ...chosen, authorization, task })),
          );
        }),
        toArray(),
      ),
    ),
  );
}

function noSolver(
  unsolved: readonly Authorization[],
  types: readonly string[],
  orderUrl: string,
): AcmeUnsupportedError {
  const lines = unsolved.map(
    (each) =>
      `${nameOf(each)}: the server offers ${each.challenges.map(({ type }) => type).join(', ') || 'no challenge'}`,
  );
  const given = types.join(', ') || 'none';
  return new AcmeUnsupportedError(`no solver fits (solvers given: ${given})\n${lines.join('\n')}`, { orderUrl });
}
