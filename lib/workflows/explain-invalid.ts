import {
  catchError,
  concat,
  concatMap,
  defer,
  from,
  last,
  mergeMap,
  type Observable,
  of,
  throwError,
  toArray,
} from 'rxjs';
import type { Authorization } from '../model/authorization.js';
import { AcmeOrderError } from '../model/errors/order-error.js';
import { describeProblem } from '../model/errors/problem-error.js';
import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import type { IssuanceEvent } from '../model/events.js';
import type { Order } from '../model/order.js';
import { getAuthorization, pollAuthorization } from '../resources/authorization.js';
import { authorizationFailure, isFailed, throwFailures } from './authorization-failure.js';
import { eventBase, type Issuance } from './issuance.js';

/** How long the siblings of a failed authorization are waited for. */
const settleTimeoutMs = 15_000;

/**
 * Finds out why an order came to nothing. With `settle`, authorizations that are still being validated are waited
 * for a short while, so that every identifier that fails is named.
 *
 * Emits `authorization-settled` for each authorization, then errors: with {@link AcmeAuthorizationError} where any
 * failed, else with {@link AcmeOrderError}.
 *
 * @see RFC 8555 §7.1.6
 */
export const explainInvalid = (
  issuance: Issuance,
  order: Order,
  { settle }: { readonly settle: boolean },
): Observable<IssuanceEvent> =>
  from(order.authorizations).pipe(
    mergeMap((url) => lookAt(issuance, url, settle), issuance.account.session.state.limits.maxRequestsInFlight),
    toArray(),
    concatMap((authorizations) =>
      concat(
        from(
          authorizations
            .filter(({ status }) => status !== 'pending')
            .map((each) => settledWithReason(issuance, order, each)),
        ),
        defer(() => {
          throwFailures(authorizations.filter(isFailed).map(authorizationFailure), order);
          return throwError(() => orderError(order));
        }),
      ),
    ),
  );

function lookAt({ account }: Issuance, url: string, settle: boolean): Observable<Authorization> {
  if (!settle) return getAuthorization(account, url);
  return pollAuthorization(account, url, { timeoutMs: settleTimeoutMs }).pipe(
    catchError((error: unknown) =>
      error instanceof AcmeTimeoutError && error.last !== undefined
        ? of(error.last as Authorization)
        : throwError(() => error),
    ),
    last(),
  );
}

function settledWithReason(issuance: Issuance, order: Order, authorization: Authorization): IssuanceEvent {
  const { identifier, wildcard, status } = authorization;
  const problem = isFailed(authorization) ? authorizationFailure(authorization).problem : undefined;
  const reason = problem === undefined ? {} : { problem };
  return { type: 'authorization-settled', ...eventBase(issuance, order), identifier, wildcard, status, ...reason };
}

const orderError = (order: Order): AcmeOrderError =>
  new AcmeOrderError(
    `the order is invalid${order.error === undefined ? ' and the server does not say why' : `: ${describeProblem(order.error)}`}; make a new order`,
    order,
    { url: order.url },
  );
