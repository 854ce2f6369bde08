import { defer, EMPTY, from, map, type ObservableInput } from 'rxjs';
import { encodeBase64url } from '../codec/base64url.js';
import { type OnionCsrChallenge, onionCsrChallenge } from '../codec/onion-csr-challenge.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { buildOnionRequest, type OnionKey } from '../x509/build-onion-request.js';

/** Options of {@link onionCsr01}. */
export interface OnionCsr01Options {
  /** The key of the service, or what finds it by the name. */
  readonly key: OnionKey | ((name: string) => OnionKey);
  /**
   * Lets the authority read the service's descriptor, where that is for known clients only: the challenge's `authKey` is
   * the client to add. Done when the new descriptor is published. Default: nothing is done.
   */
  readonly publish?: ((challenge: OnionCsrChallenge, task: ChallengeTask) => ObservableInput<unknown>) | undefined;
  /** At least 8 octets for the request. Default: 16 at random, anew for each. */
  readonly applicantNonce?: (() => Uint8Array) | undefined;
}

/**
 * A solver for `onion-csr-01`, which proves an onion service and everything below its name, wildcards included: answers
 * with a request that the service's key has signed.
 *
 * Emits nothing itself: the value is the solver. What `key.sign` and `publish` error with ends the order, as the `cause`
 * of a failure in an {@link AcmeAuthorizationError}. It also ends with {@link AcmeInputError} where the key is not the one in the
 * name, and {@link AcmeProtocolError} where the challenge is malformed. Cost: one signature, no request to the
 * certification authority; pkijs is loaded.
 *
 * @example
 * ```ts
 * declare const key: OnionKey;
 * const name = '5anebu2glyc235wbbop3m2ukzlaptpkq333vdtdvcjpigyb7x2i2m2qd.onion';
 * const issued$ = obtainCertificate(account, { identifiers: [name, `*.${name}`], solvers: [onionCsr01({ key })] });
 * ```
 *
 * @see RFC 9799 §3.2
 */
export const onionCsr01 = ({ key, publish, applicantNonce }: OnionCsr01Options): ChallengeSolver => ({
  types: ['onion-csr-01'],
  present: (task) =>
    defer(() => {
      const challenge = onionCsrChallenge(task.challenge);
      return publish === undefined ? EMPTY : from(publish(challenge, task));
    }),
  response: (task) =>
    defer(() => {
      const { value: name } = task.identifier;
      return buildOnionRequest(name, {
        key: typeof key === 'function' ? key(name) : key,
        nonce: onionCsrChallenge(task.challenge).nonce,
        applicantNonce: applicantNonce?.(),
      });
    }).pipe(map((csr) => ({ csr: encodeBase64url(csr) }))),
  cleanUp: () => EMPTY,
});
