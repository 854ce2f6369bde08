import {
  catchError,
  concat,
  concatMap,
  defer,
  from,
  last,
  map,
  mergeMap,
  type Observable,
  of,
  throwError,
  toArray,
} from 'rxjs';
import type { Authorization } from '../model/authorization.js';
import { AcmeOrderError } from '../model/errors/order-error.js';
import { AcmeProblemError, describeProblem } from '../model/errors/problem-error.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import type { IssuanceEvent } from '../model/events.js';
import type { Order } from '../model/order.js';
import type { ProblemDocument } from '../model/problem.js';
import { getAuthorization, pollAuthorization } from '../resources/authorization.js';
import { getOrder } from '../resources/order.js';
import { authorizationFailure, isFailed, throwFailures } from './authorization-failure.js';
import type { Issuance } from './issuance.js';
import { settledEvent } from './proof.js';
import { scrubbed, scrubbedProblem, secretsOf } from './scrub.js';

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
export const explainInvalid = (
  issuance: Issuance,
  order: Order,
  { settle }: { readonly settle: boolean },
): Observable<IssuanceEvent> =>
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

/** Looks at every authorization of an order. Those that the server no longer shows are left out. */
export const lookAtAll = (issuance: Issuance, order: Order, settle: boolean): Observable<Looks> => {
  const { account } = issuance;
  return from(new Set(order.authorizations)).pipe(
    mergeMap(
      (url) =>
        (settle ? settled(issuance, url) : getAuthorization(account, url)).pipe(
          map((authorization) => ({ authorization })),
          catchError((error: unknown) =>
            error instanceof AcmeProblemError || error instanceof AcmeProtocolError
              ? of({ error })
              : throwError(() => error),
          ),
        ),
      account.session.state.limits.maxRequestsInFlight,
    ),
    toArray(),
    map((looks) => ({
      authorizations: looks.flatMap((look) => ('authorization' in look ? [look.authorization] : [])),
      unreadable: looks.map((look) => ('error' in look ? look.error : undefined)).find((error) => error !== undefined),
    })),
  );
};

const settled = ({ account }: Issuance, url: string): Observable<Authorization> =>
  pollAuthorization(account, url, { timeoutMs: settleTimeoutMs }).pipe(
    catchError((error: unknown) =>
      error instanceof AcmeTimeoutError && error.last !== undefined
        ? of(error.last as Authorization)
        : throwError(() => error),
    ),
    last(),
  );

const settledWithReason = (issuance: Issuance, order: Order, authorization: Authorization): IssuanceEvent =>
  settledEvent(
    issuance,
    order,
    authorization,
    authorization.status,
    isFailed(authorization) ? authorizationFailure(authorization).problem : undefined,
  );

/** The order as the server has it now, where what is at hand does not say that it is over. */
const lastWord = ({ account }: Issuance, order: Order): Observable<Order> =>
  order.status === 'invalid' ? of(order) : getOrder(account, order.url);

function orderError(order: Order, authorizations: readonly Authorization[], unreadable: unknown): AcmeOrderError {
  const why = order.error === undefined ? ' and the server does not say why' : `: ${describeProblem(order.error)}`;
  const secrets = authorizations.flatMap(({ challenges }) => challenges.flatMap(secretsOf));
  const shown = order.error === undefined ? order : scrubbedOrder(order, order.error, secrets);
  return new AcmeOrderError(scrubbed(`the order is ${order.status}${why}; make a new order`, secrets), shown, {
    url: order.url,
    ...(unreadable === undefined ? {} : { cause: unreadable }),
  });
}

/** The order's own members are not about tokens, its error may be. */
const scrubbedOrder = (order: Order, error: ProblemDocument, secrets: readonly string[]): Order => {
  const shown = scrubbedProblem(error, secrets);
  return { ...order, error: shown, raw: { ...order.raw, error: shown.raw } };
};
