import { defer } from 'rxjs';
import { defined } from '../codec/defined.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import type { PropagationCheck } from '../solvers/dns/propagation.js';
import { challengeRecord } from '../solvers/dns01.js';
import { backEnd, type BackEndOptions } from './ask-back-end.js';
import { checkPropagation } from './check-propagation.js';

/** Options of {@link backEndSolver}. */
export interface BackEndSolverOptions extends BackEndOptions {
  /** What the back end can prove by, best first. Default: `dns-01`. */
  readonly types?: readonly string[] | undefined;
  /** Looks for the record of `dns-01` from the page before the authority does. Default: the back end answers when it is seen. */
  readonly propagation?: PropagationCheck | undefined;
}

/**
 * A solver whose work the application's own server does. The page sends it one POST to make an answer visible and one to
 * take it away, as JSON; any status from 200 to 299, with an empty body or an object of JSON, says that it is done:
 *
 * ```json
 * { "action": "present", "type": "dns-01", "identifier": { "type": "dns", "value": "example.org" }, "wildcard": false,
 *   "token": "…", "keyAuthorization": "…", "keyAuthorizationDigest": "…", "accountUrl": "…", "orderUrl": "…" }
 * ```
 *
 * The other action is `clean-up`. The back end has to hold that this user may prove that name: whoever has a name's
 * challenges answered gets certificates for it.
 *
 * Emits nothing itself: the value is the solver. A refusal, or no answer within `timeoutMs`, ends the order, as the
 * `cause` of a failure in an `AcmeAuthorizationError`. Cost: two requests to the back end for each name, none to the
 * authority. Throws `TypeError` on options that cannot work.
 *
 * @see RFC 8555 §8.3, §8.4
 */
export function backEndSolver(options: BackEndSolverOptions): ChallengeSolver {
  const { types = ['dns-01'], propagation } = options;
  if (!Array.isArray(types) || types.length === 0) {
    throw new TypeError("backEndSolver: types must be a list that names at least one, such as ['dns-01']");
  }
  checkPropagation('backEndSolver', propagation);
  if (propagation !== undefined && types.some((type) => type !== 'dns-01')) {
    throw new TypeError('backEndSolver: propagation is about dns-01, and types names others');
  }
  const ask = backEnd('backEndSolver', options);
  return {
    types,
    present: (task) => ask(message('present', task)),
    cleanUp: (task) => ask(message('clean-up', task)),
    ...(propagation && {
      ready: (task) => defer(() => propagation.seen(challengeRecord('dns-01', '_acme-challenge', task))),
    }),
  };
}

const message = (action: 'present' | 'clean-up', task: ChallengeTask): object => {
  const { type, identifier, wildcard, token, keyAuthorization, keyAuthorizationDigest, accountUrl, orderUrl } = task;
  return {
    action,
    ...defined({ type, identifier, wildcard, token, keyAuthorization, keyAuthorizationDigest, accountUrl, orderUrl }),
  };
};
