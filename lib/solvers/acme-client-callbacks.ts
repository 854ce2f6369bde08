import type { ObservableInput } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';

/** The authorization as acme-client's callbacks get it. */
export interface AcmeClientAuthorization {
  /** What is to be proven, without `*.`. */
  readonly identifier: { readonly type: string; readonly value: string };
  /** Always `pending`. */
  readonly status: string;
  /** Whether it is about the wildcard of that name. */
  readonly wildcard?: boolean;
  /** The one challenge that was chosen. */
  readonly challenges: AcmeClientChallenge[];
}

/** The challenge as acme-client's callbacks get it. */
export interface AcmeClientChallenge {
  /** Such as `dns-01`. */
  readonly type: string;
  /** The URL of the challenge. */
  readonly url: string;
  /** As the server has it: `pending`, as a rule. */
  readonly status: string;
  /** What the key authorization begins with. */
  readonly token: string;
}

/** Options of {@link acmeClientCallbacks}: two of those of acme-client's `auto`, and the challenge types. */
export interface AcmeClientCallbackOptions {
  /**
   * Makes the answer visible. Done when what it returns resolves or completes.
   *
   * @param keyAuthorization The TXT value for `dns-01`, the key authorization itself for all others.
   */
  challengeCreateFn(
    authorization: AcmeClientAuthorization,
    challenge: AcmeClientChallenge,
    keyAuthorization: string,
  ): unknown;
  /** Withdraws it. Also called where `challengeCreateFn` failed or was cut short. */
  challengeRemoveFn(
    authorization: AcmeClientAuthorization,
    challenge: AcmeClientChallenge,
    keyAuthorization: string,
  ): unknown;
  /** The types that the callbacks solve, best first. Default: `http-01`, `dns-01`. */
  readonly types?: readonly string[] | undefined;
}

const known = ['http-01', 'dns-01', 'tls-alpn-01'];

/**
 * A solver made of the callbacks that were written for the package `acme-client`, whatever it is that they solve.
 *
 * Emits nothing itself: the value is the solver. What the callbacks reject with becomes the `cause` of a failure in an
 * {@link AcmeAuthorizationError}. Cost: no request to the certification authority. Throws `TypeError` on callbacks that are
 * none and on types other than `http-01`, `dns-01` and `tls-alpn-01`.
 *
 * @see RFC 8555 §8.3, §8.4, RFC 8737
 */
export function acmeClientCallbacks(options: AcmeClientCallbackOptions): ChallengeSolver {
  const { types = ['http-01', 'dns-01'] } = options;
  if (typeof options.challengeCreateFn !== 'function' || typeof options.challengeRemoveFn !== 'function')
    throw new TypeError('acmeClientCallbacks: challengeCreateFn and challengeRemoveFn must be functions');
  const strange = types.find((type) => !known.includes(type));
  if (strange !== undefined || types.length === 0)
    throw new TypeError(`acmeClientCallbacks: types are some of ${known.join(', ')}, found ${strange ?? 'none'}`);
  return {
    types,
    present: (task) => run(options, 'challengeCreateFn', task),
    cleanUp: (task) => run(options, 'challengeRemoveFn', task),
  };
}

/** A Promise is handed on as it is: whoever withdraws waits for one that is still under way. */
function run(
  options: AcmeClientCallbackOptions,
  name: 'challengeCreateFn' | 'challengeRemoveFn',
  task: ChallengeTask,
): ObservableInput<unknown> {
  const { identifier, wildcard, type, challenge, token, keyAuthorization, keyAuthorizationDigest } = task;
  const proof = type === 'dns-01' ? keyAuthorizationDigest : keyAuthorization;
  if (token === undefined || proof === undefined)
    throw new AcmeInputError(`${type}: the challenge has no token, so there is nothing to hand to the callbacks`);
  const given: AcmeClientChallenge = { type, url: challenge.url, status: challenge.status, token };
  const authorization: AcmeClientAuthorization = {
    identifier: { ...identifier },
    status: 'pending',
    wildcard,
    challenges: [given],
  };
  const work = options[name](authorization, given, proof);
  return typeof work === 'object' && work !== null ? (work as ObservableInput<unknown>) : [];
}
