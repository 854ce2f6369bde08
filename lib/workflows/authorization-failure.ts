import type { Authorization } from '../model/authorization.js';
import { AcmeAuthorizationError, type AuthorizationFailure } from '../model/errors/authorization-error.js';
import type { Order } from '../model/order.js';
import type { ProblemDocument } from '../model/problem.js';

/** Whether an authorization can no longer become valid, or says that its last try failed. */
export const isFailed = ({ status, challenges }: Authorization): boolean =>
  ['invalid', 'deactivated', 'expired', 'revoked'].includes(status) ||
  (status === 'pending' && challenges.some((challenge) => challenge.status === 'invalid'));

/** Why an authorization failed, as far as the server says. */
export function authorizationFailure({
  identifier,
  wildcard,
  url,
  status,
  challenges,
}: Authorization): AuthorizationFailure {
  const failed =
    challenges.find((challenge) => challenge.error !== undefined) ??
    challenges.find((each) => each.status === 'invalid');
  return {
    identifier,
    wildcard,
    authorizationUrl: url,
    ...(failed === undefined ? {} : { challengeType: failed.type }),
    ...(failed?.error === undefined ? {} : { problem: withoutToken(failed.error, failed.token) }),
    reason: `the authorization is ${status}${failed?.error === undefined ? ', and the server does not say why' : ''}`,
  };
}

/** Servers quote the URL that they asked for, and the token with it. */
const withoutToken = (problem: ProblemDocument, token: string | undefined): ProblemDocument =>
  token === undefined ? problem : (JSON.parse(JSON.stringify(problem).replaceAll(token, '<token>')) as ProblemDocument);

/** Ends an order with one error for all that failed, if any did. */
export function throwFailures(failures: readonly AuthorizationFailure[], { url }: Pick<Order, 'url'>): void {
  if (failures.length > 0) throw new AcmeAuthorizationError(failures, { orderUrl: url });
}
