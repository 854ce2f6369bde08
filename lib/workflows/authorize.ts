import { concat, concatMap, defer, from, map, type Observable } from 'rxjs';
import { type Authorization, isAuthorizationSettled } from '../model/authorization.js';
import { getAuthorization } from '../resources/authorization.js';
import { authorizationFailure, isFailed, throwFailures } from './authorization-failure.js';
import { eachAuthorization } from './each-authorization.js';
import type { Issuance, Progress, Step } from './issuance.js';
import { planProofs } from './plan-proofs.js';
import { type Proof, proofEventBase, settledEvent } from './proof.js';
import { proveControl } from './prove-control.js';
import { neededBy } from './needed-by.js';
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
          : planProofs(issuance.account, issuance.options.solvers, pending, order.url).pipe(
              concatMap((proofs) => proven(issuance, progress, proofs)),
            ),
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

const readAuthorizations = (issuance: Issuance, { order }: Progress): Observable<Authorization[]> =>
  eachAuthorization(issuance, order, (url) => getAuthorization(issuance.account, url).pipe(neededBy(order)));
