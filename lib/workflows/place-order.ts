import { catchError, map, type Observable, throwError } from 'rxjs';
import { identifierKey } from '../codec/identifier.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import type { Identifier } from '../model/identifier.js';
import type { Order } from '../model/order.js';
import type { RefusedIdentifier } from '../model/problem.js';
import type { AcmeAccount } from '../request/account.js';
import type { NewOrderOptions } from '../resources/new-order-request.js';
import { newOrder } from '../resources/order.js';

/**
 * Decides what to do where a server refuses a new order: returns those of its identifiers to go on without, each with the
 * reason. None of them means that the refusal stands. {@link leaveOutRefused} is one.
 *
 * @param refusal What the server said.
 * @param identifiers What the order was for.
 */
export type RefusalPolicy = (
  refusal: AcmeProblemError,
  identifiers: readonly Identifier[],
) => readonly RefusedIdentifier[];

/** What {@link placeOrder} needs to know. */
export interface PlaceOrderOptions extends NewOrderOptions {
  readonly identifiers: readonly Identifier[];
  readonly whenRefused?: RefusalPolicy | undefined;
}

/** An order, what it is for, and what it is not for after all. */
export interface PlacedOrder {
  readonly order: Order;
  readonly identifiers: readonly Identifier[];
  readonly leftOut: readonly RefusedIdentifier[];
}

/**
 * Orders a certificate, three times more at most where the server refuses some of the identifiers and the policy goes on
 * without them. Never without all of them.
 *
 * @see RFC 8555 §6.7.1, §7.4
 */
export function placeOrder(
  account: AcmeAccount,
  options: PlaceOrderOptions,
  leftOut: readonly RefusedIdentifier[] = [],
  triesLeft = 3,
): Observable<PlacedOrder> {
  const { identifiers, whenRefused } = options;
  return newOrder(account, options).pipe(
    map((order) => ({ order, identifiers, leftOut })),
    catchError((error: unknown) => {
      const refused =
        error instanceof AcmeProblemError && triesLeft > 0 ? (whenRefused?.(error, identifiers) ?? []) : [];
      const keys = refused.map(({ identifier }) => identifierKey(identifier));
      const rest = identifiers.filter((each) => !keys.includes(identifierKey(each)));
      return rest.length === 0 || rest.length === identifiers.length
        ? throwError(() => error)
        : placeOrder(account, { ...options, identifiers: rest }, [...leftOut, ...refused], triesLeft - 1);
    }),
  );
}
