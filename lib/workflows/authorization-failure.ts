import { defined } from '../codec/defined.js';
import type { Authorization } from '../model/authorization.js';
import { AcmeError } from '../model/errors/acme-error.js';
import { AcmeAuthorizationError, type AuthorizationFailure } from '../model/errors/authorization-error.js';
import { AcmePortError } from '../model/errors/port-error.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import type { Order } from '../model/order.js';
import type { Proof } from './proof.js';
import { scrubbed, scrubbedProblem, secretsOf } from './scrub.js';

/** Whether an authorization can no longer become valid, or says that a try of it failed. */
export const isFailed = ({ status, challenges }: Authorization): boolean =>
  ['invalid', 'deactivated', 'expired', 'revoked'].includes(status) ||
  (status === 'pending' && challenges.some((challenge) => challenge.status === 'invalid'));

/** Why an authorization failed, as far as the server says. */
export function authorizationFailure(authorization: Authorization): AuthorizationFailure {
  const { status, challenges } = authorization;
  const failed =
    challenges.find((challenge) => challenge.error !== undefined) ??
    challenges.find((each) => each.status === 'invalid');
  const problem = failed?.error && scrubbedProblem(failed.error, challenges.flatMap(secretsOf));
  return {
    ...subjectOf(authorization),
    reason: `the authorization is ${status}${problem === undefined ? ', and the server does not say why' : ''}`,
    ...defined({ challengeType: failed?.type, problem }),
  };
}

const subjectOf = ({ identifier, wildcard, url: authorizationUrl }: Authorization) => ({
  identifier,
  wildcard,
  authorizationUrl,
});

/** Why the work for one identifier failed on this side, or why the server refused it. */
export function proofFailure({ authorization, challenge, task }: Proof, error: unknown): AuthorizationFailure {
  const secrets = secretsOf(task);
  const problem = error instanceof AcmeProblemError ? scrubbedProblem(error.problem, secrets) : undefined;
  const failure: AuthorizationFailure = {
    ...subjectOf(authorization),
    challengeType: challenge.type,
    reason: scrubbed(error instanceof AcmeError ? error.message : String(error), secrets),
    ...defined({ problem }),
  };
  // A solver's own error may name what it could not present: it is there to be asked for, not to be printed.
  const cause = error instanceof AcmePortError ? error.cause : isSolversOwn(error) ? error : undefined;
  return cause === undefined ? failure : Object.defineProperty(failure, 'cause', { value: cause });
}

/** While identifiers are proven, only solvers look up names, and only they give up waiting. */
const isSolversOwn = (error: unknown): boolean =>
  error instanceof AcmeError && (error.code === 'dns' || error.code === 'timeout');

/** Whether an error is about one identifier. One about the connection, the account or the server is not. */
export const isAboutIdentifier = (error: unknown): boolean =>
  error instanceof AcmePortError ||
  isSolversOwn(error) ||
  // A problem of another code is about the account, the nonce or the pace.
  (error instanceof AcmeProblemError && error.code === 'problem');

/** Ends an order with one error for all that failed, if any did. */
export function throwFailures(
  failures: readonly AuthorizationFailure[],
  { url }: Pick<Order, 'url'>,
  cause?: unknown,
): void {
  if (failures.length === 0) return;
  throw new AcmeAuthorizationError(failures, { orderUrl: url, ...defined({ cause }) });
}
