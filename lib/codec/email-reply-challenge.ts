import type { Challenge } from '../model/challenge.js';
import { challengeMembers, requiredToken } from './challenge-members.js';
import { failMember, requiredString } from './received.js';

/** What an `email-reply-00` challenge says. */
export interface EmailReplyChallenge {
  /** The address that the authority's mail comes from. */
  readonly from: string;
  /** The second part of the token; the first comes by mail. */
  readonly tokenPart2: string;
}

/**
 * Reads the members of an `email-reply-00` challenge. Throws {@link AcmeProtocolError} where `from` is no address or the
 * token is missing; `TypeError` on a challenge of another type.
 *
 * @see RFC 8823 §3
 */
export function emailReplyChallenge(challenge: Pick<Challenge, 'type' | 'url' | 'raw'>): EmailReplyChallenge {
  const members = challengeMembers(challenge, 'email-reply-00');
  const from = requiredString(members, 'from');
  if (!/^[^\s@]+@[^\s@]+$/.test(from)) failMember(members, 'from', 'an address of electronic mail', 'another string');
  return { from, tokenPart2: requiredToken(members, 'token') };
}
