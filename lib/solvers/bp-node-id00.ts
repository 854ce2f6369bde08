import { defer, from, type Observable, type ObservableInput, of } from 'rxjs';
import { type BundleNodeChallenge, bundleNodeChallenge } from '../codec/bundle-node-challenge.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { keyAuthorizationDigest } from '../signing/key-authorization-digest.js';
import { keyAuthorization } from '../signing/key-authorization.js';
import { thumbprintOf } from './thumbprint-of.js';

/** What the agent of a node has to know to answer the bundles of one challenge. */
export interface BundleNodeProof extends BundleNodeChallenge {
  /** The node, such as `dtn://node/`. */
  readonly nodeId: string;
  /**
   * What the response bundle carries, for the token of a challenge bundle: emits the base64url SHA-256 of the key
   * authorization, once.
   */
  digest(tokenPart1: string): Observable<string>;
}

/** Options of {@link bpNodeId00}. */
export interface BpNodeId00Options {
  /** Has the node's agent answer bundles of this challenge from now on. Done when it completes or resolves. */
  readonly register: (proof: BundleNodeProof) => ObservableInput<unknown>;
  /** Has the agent forget the challenge. */
  readonly withdraw: (proof: BundleNodeProof) => ObservableInput<unknown>;
  /** How long a bundle takes there and back, in milliseconds, told to the server. Default: the server's own idea. */
  readonly roundTripMs?: number | undefined;
}

/**
 * A solver for `bp-nodeid-00` over the agent of a node of a delay-tolerant network. Its identifiers are of type
 * `bundleEID`: give the session `bundleEidIdentifier`.
 *
 * Emits nothing itself: the value is the solver. What `register` errors with ends the order, as the `cause` of a failure
 * in an {@link AcmeAuthorizationError}. It also ends with {@link AcmeProtocolError} where the challenge is malformed. Cost: no
 * request to the certification authority. Throws `TypeError` where `roundTripMs` is negative or no number.
 *
 * @example
 * ```ts
 * declare const agent: {
 *   answer(proof: BundleNodeProof): Promise<void>;
 *   forget(challengeId: string): Promise<void>;
 * };
 * const mine = acmeSession({ directoryUrl: 'https://ca.example/directory', identifierTypes: [bundleEidIdentifier] });
 * const issued$ = obtainCertificate(acmeAccount(mine, { signer, url: 'https://ca.example/account/1' }), {
 *   identifiers: [{ type: 'bundleEID', value: 'dtn://node/' }],
 *   solvers: [bpNodeId00({ register: (proof) => agent.answer(proof), withdraw: ({ challengeId }) => agent.forget(challengeId) })],
 * });
 * ```
 *
 * @experimental The RFC is an experiment, and the bundles themselves are the agent's.
 * @see RFC 9891 §3
 */
export function bpNodeId00({ register, withdraw, roundTripMs }: BpNodeId00Options): ChallengeSolver {
  if (roundTripMs !== undefined && !(roundTripMs >= 0 && roundTripMs < Infinity))
    throw new TypeError('bpNodeId00: roundTripMs must be a number of milliseconds that is not negative');
  return {
    types: ['bp-nodeid-00'],
    present: (task) => defer(() => from(register(proofOf(task)))),
    response: () => of(roundTripMs === undefined ? {} : { rtt: roundTripMs / 1000 }),
    cleanUp: (task) => defer(() => from(withdraw(proofOf(task)))),
  };
}

function proofOf(task: ChallengeTask): BundleNodeProof {
  const challenge = bundleNodeChallenge(task.challenge);
  const thumbprint = thumbprintOf(task);
  return {
    ...challenge,
    nodeId: task.identifier.value,
    digest: (tokenPart1) =>
      keyAuthorizationDigest(keyAuthorization(tokenPart1 + challenge.tokenPart2, thumbprint), task.digest),
  };
}
