import { catchError, concat, concatMap, defer, from, last, map, type Observable, of, throwError } from 'rxjs';
import { defined } from '../codec/defined.js';
import type { Authorization } from '../model/authorization.js';
import { AcmeOrderError } from '../model/errors/order-error.js';
import { AcmeProblemError, describeProblem } from '../model/errors/problem-error.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import type { IssuanceEvent } from '../model/events.js';
import type { Order } from '../model/order.js';
import { getAuthorization, pollAuthorization } from '../resources/authorization.js';
import { getOrder } from '../resources/order.js';
import { authorizationFailure, isFailed, throwFailures } from './authorization-failure.js';
import { eachAuthorization } from './each-authorization.js';
import type { Issuance } from './issuance.js';
import { settledEvent } from './proof.js';
import { neededBy } from './needed-by.js';
import { scrubbedProblem, secretsOf } from './scrub.js';

/** How long the siblings of a failed authorization are waited for. */
const settleTimeoutMs = 15_000;

/**
 * Finds out why an order came to nothing. With `settle`, authorizations that are still being validated are waited
 * for a short while, so that every identifier that fails is named.
 *
 * Emits `authorization-settled` for each authorization that is, then errors: with {@link AcmeAuthorizationError} where
 * any failed, else with {@link AcmeOrderError}.
 *
 * @see RFC 8555 §7.1.6
 */
export const explainInvalid = (issuance: Issuance, order: Order, settle: boolean): Observable<IssuanceEvent> =>
  lookAtAll(issuance, order, settle).pipe(
    concatMap(({ authorizations, unreadable }) =>
      concat(
        from(
          authorizations
            .filter(({ status }) => status !== 'pending')
            .map((each) => settledWithReason(issuance, order, each)),
        ),
        defer(() => {
          throwFailures(authorizations.filter(isFailed).map(authorizationFailure), order);
          return lastWord(issuance, order).pipe(
            concatMap((now) => throwError(() => orderError(now, authorizations, unreadable))),
          );
        }),
      ),
    ),
  );

/** What could be read of an order's authorizations, and why the rest could not. */
export interface Looks {
  readonly authorizations: readonly Authorization[];
  /** The first reason. */
  readonly unreadable: unknown;
}

/** One look: what was seen, or why nothing was. */
interface Look {
  readonly authorization?: Authorization;
  readonly error?: unknown;
}

/** Looks at every authorization of an order. Those that the server no longer shows are left out. */
export const lookAtAll = (issuance: Issuance, order: Order, settle: boolean): Observable<Looks> =>
  eachAuthorization(issuance, order, (url) =>
    (settle ? settled(issuance, url) : getAuthorization(issuance.account, url)).pipe(
      neededBy(order),
      map((authorization): Look => ({ authorization })),
      catchError((error: unknown) =>
        error instanceof AcmeProblemError || error instanceof AcmeProtocolError
          ? of<Look>({ error })
          : throwError(() => error),
      ),
    ),
  ).pipe(
    map((looks) => ({
      authorizations: looks.flatMap(({ authorization }) => authorization ?? []),
      unreadable: looks.find(({ error }) => error !== undefined)?.error,
    })),
  );

const settled = ({ account }: Issuance, url: string): Observable<Authorization> =>
  pollAuthorization(account, url, { timeoutMs: settleTimeoutMs }).pipe(
    catchError((error: unknown) =>
      error instanceof AcmeTimeoutError && error.last !== undefined
        ? of(error.last as Authorization)
        : throwError(() => error),
    ),
    last(),
  );

/** The event for an authorization as it is, with what it failed of. */
export const settledWithReason = (
  issuance: Issuance,
  order: Pick<Order, 'url'>,
  authorization: Authorization,
): IssuanceEvent =>
  settledEvent(
    issuance,
    order,
    authorization,
    authorization.status,
    isFailed(authorization) ? authorizationFailure(authorization).problem : undefined,
  );

/** The order as the server has it now, where what is at hand does not say that it is over. */
const lastWord = ({ account }: Issuance, order: Order): Observable<Order> =>
  ['invalid', 'canceled'].includes(order.status) ? of(order) : getOrder(account, order.url);

function orderError(order: Order, authorizations: readonly Authorization[], unreadable: unknown): AcmeOrderError {
  const secrets = authorizations.flatMap(({ challenges }) => challenges.flatMap(secretsOf));
  const error = order.error && scrubbedProblem(order.error, secrets);
  const why = error === undefined ? ' and the server does not say why' : `: ${describeProblem(error)}`;
  // The order's own members are not about tokens, its error may be.
  const shown = error === undefined ? order : { ...order, error, raw: { ...order.raw, error: error.raw } };
  return new AcmeOrderError(`the order is ${order.status}${why}; make a new order`, shown, {
    url: order.url,
    ...defined({ cause: unreadable }),
  });
}
