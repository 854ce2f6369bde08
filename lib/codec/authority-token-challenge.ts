import type { Challenge } from '../model/challenge.js';
import { challengeMembers } from './challenge-members.js';
import { defined } from './defined.js';
import { optionalUrl, requiredString } from './received.js';

/** What a `tkauth-01` challenge says. */
export interface AuthorityTokenChallenge {
  /** What kind of token is wanted: `atc` is the one that RFC 9447 knows. */
  readonly tokenType: string;
  /** Where to get one, where the server says so. */
  readonly tokenAuthority?: string;
}

/**
 * Reads the members of a `tkauth-01` challenge. Throws {@link AcmeProtocolError} where `tkauth-type` is missing or
 * `token-authority` is no URL; `TypeError` on a challenge of another type.
 *
 * @see RFC 9447 §3
 */
export function authorityTokenChallenge(challenge: Pick<Challenge, 'type' | 'url' | 'raw'>): AuthorityTokenChallenge {
  const members = challengeMembers(challenge, 'tkauth-01');
  return defined({
    tokenType: requiredString(members, 'tkauth-type'),
    tokenAuthority: optionalUrl(members, 'token-authority'),
  });
}
