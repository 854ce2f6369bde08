import type { Challenge } from '../model/challenge.js';
import { isBase64urlText } from './base64url.js';
import { failMember, type Members, requiredString } from './received.js';

/** The members of a challenge as the server sent them. Throws `TypeError` where it is of another type. */
export function challengeMembers(
  { type, url, raw }: Pick<Challenge, 'type' | 'url' | 'raw'>,
  expected: string,
): Members {
  if (type !== expected) throw new TypeError(`a challenge of type ${expected} is wanted here, found ${type}`);
  return { object: raw, what: `${type} challenge`, path: '', url };
}

/** Text of the base64url alphabet. Throws {@link AcmeProtocolError} where the member is anything else or absent. */
export function requiredToken(members: Members, name: string): string {
  const token = requiredString(members, name);
  return isBase64urlText(token) ? token : failMember(members, name, 'base64url text', 'a string that is none');
}
