import {
  catchError,
  concat,
  concatMap,
  defer,
  EMPTY,
  filter,
  from,
  map,
  mergeMap,
  type MonoTypeOperatorFunction,
  type Observable,
  throwError,
} from 'rxjs';
import { AcmeError } from '../model/errors/acme-error.js';
import { AcmeAuthorizationError } from '../model/errors/authorization-error.js';
import type { AuthorizationSettled, IssuanceEvent } from '../model/events.js';
import type { AcmeAccount } from '../request/account.js';
import { getAuthorization } from '../resources/authorization.js';
import { deactivateAuthorization } from '../resources/deactivate-authorization.js';
import { getOrder } from '../resources/order.js';
import { settledEvent } from './proof.js';

/**
 * Gives up the authorizations that are still pending when an order has failed by another of its names, so that they do not
 * count against a limit of pending ones. Leave it out unless the server has such a limit: some count an authorization that
 * is given up as a failed validation, and none can use it again.
 *
 * Emits what the source emits; after an {@link AcmeAuthorizationError}, `authorization-settled` for each authorization
 * that is given up, its status `deactivated`. Errors with the error of the source, also where an authorization cannot be
 * given up: that error goes to the session's `onDetachedError`. Cost: nothing while nothing fails; then one request for the
 * order, one for each of its names, and one for each that is given up.
 *
 * @example
 * ```ts
 * const events$ = obtainCertificate(account, { identifiers: ['a.example', 'b.example'], solvers: [] }).pipe(
 *   deactivateOnFailure(account),
 * );
 * ```
 *
 * @see RFC 8555 §7.5.2
 */
export const deactivateOnFailure = (account: AcmeAccount): MonoTypeOperatorFunction<IssuanceEvent> =>
  catchError((error: unknown) => {
    const orderUrl = error instanceof AcmeAuthorizationError ? error.orderUrl : undefined;
    return concat(
      orderUrl === undefined ? EMPTY : givenUp(account, orderUrl),
      throwError(() => error),
    );
  });

const givenUp = (account: AcmeAccount, orderUrl: string): Observable<AuthorizationSettled> => {
  const { state } = account.session;
  const reported = <T>(work$: Observable<T>) =>
    work$.pipe(
      catchError((error: unknown) => {
        if (error instanceof AcmeError) state.onDetachedError(error);
        return EMPTY;
      }),
    );
  const deactivated = (url: string) =>
    getAuthorization(account, url).pipe(
      filter(({ status }) => status === 'pending'),
      concatMap(() => deactivateAuthorization(account, url)),
      map((authorization) => settledEvent({ account }, { url: orderUrl }, authorization, authorization.status)),
    );
  return reported(defer(() => getOrder(account, orderUrl))).pipe(
    concatMap(({ authorizations }) => from(new Set(authorizations))),
    mergeMap((url) => reported(deactivated(url)), state.limits.maxRequestsInFlight),
  );
};
