import type { Authorization } from '../model/authorization.js';
import { AcmeAuthorizationError, type AuthorizationFailure } from '../model/errors/authorization-error.js';
import type { Order } from '../model/order.js';

/** Whether an authorization can no longer become valid, or says that its last try failed. */
export const isFailed = ({ status, challenges }: Authorization): boolean =>
  ['invalid', 'deactivated', 'expired', 'revoked'].includes(status) ||
  (status === 'pending' && challenges.some((challenge) => challenge.status === 'invalid'));

/** Why an authorization failed, as far as the server says. */
export function authorizationFailure({ identifier, wildcard, url, status, challenges }: Authorization): AuthorizationFailure {
  const failed = challenges.find((challenge) => challenge.error !== undefined) ?? challenges.find((each) => each.status === 'invalid');
  return {
    identifier,
    wildcard,
    authorizationUrl: url,
    ...(failed === undefined ? {} : { challengeType: failed.type }),
    ...(failed?.error === undefined ? {} : { problem: failed.error }),
    reason: `the authorization is ${status}${failed?.error === undefined ? ', and the server does not say why' : ''}`,
  };
}

/** Ends an order with one error for all that failed, if any did. */
export function throwFailures(failures: readonly AuthorizationFailure[], { url }: Pick<Order, 'url'>): void {
  if (failures.length > 0) throw new AcmeAuthorizationError(failures, { orderUrl: url });
}
