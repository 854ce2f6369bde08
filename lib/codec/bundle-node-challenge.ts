import type { Challenge } from '../model/challenge.js';
import { challengeMembers, requiredToken } from './challenge-members.js';

/** What a `bp-nodeid-00` challenge says. */
export interface BundleNodeChallenge {
  /** `id-chal`: which bundles belong to the challenge. */
  readonly challengeId: string;
  /** `token-chal`: the second part of the token; the first comes in a bundle. */
  readonly tokenPart2: string;
}

/**
 * Reads the members of a `bp-nodeid-00` challenge. Throws {@link AcmeProtocolError} where one is missing or not of the
 * base64url alphabet; `TypeError` on a challenge of another type.
 *
 * @see RFC 9891 §3.1
 */
export function bundleNodeChallenge(challenge: Pick<Challenge, 'type' | 'url' | 'raw'>): BundleNodeChallenge {
  const members = challengeMembers(challenge, 'bp-nodeid-00');
  return { challengeId: requiredToken(members, 'id-chal'), tokenPart2: requiredToken(members, 'token-chal') };
}
