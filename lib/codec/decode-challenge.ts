import type { Challenge } from '../model/challenge.js';
import type { Link } from '../model/retrieved.js';
import { isBase64urlText } from './base64url.js';
import { decodeProblem } from './decode-problem.js';
import { defined } from './defined.js';
import {
  failMember,
  insteadOf,
  type Members,
  membersOf,
  optionalInstant,
  optionalString,
  requiredString,
  requiredUrl,
} from './received.js';
import { ownMember } from './tolerant.js';

/** What a challenge is decoded from: a reply, or a challenge that was decoded before. */
export interface ReceivedChallenge {
  /** The challenge as `JSON.parse` returned it. */
  readonly raw: unknown;
  /** The URL that was asked. The challenge has to name its own all the same. */
  readonly url?: string;
  /** The links of the reply. Absent where the challenge came within an authorization. */
  readonly links?: readonly Link[];
  /** How long the server asks to wait before the next look, in milliseconds. Absent where it does not. */
  readonly retryAfterMs?: number;
  /** The URL of its authorization. Default: the link `up`. */
  readonly authorizationUrl?: string;
}

/**
 * A challenge of any type, known or not. Its authorization is the one given, else the link `up`. Throws
 * {@link AcmeProtocolError} where `type` or `url` is missing or malformed, or `token` holds a character that could mean
 * something in a path or a file name.
 *
 * @see RFC 8555 §7.1.5, §8, §11.3
 */
export function decodeChallenge(received: ReceivedChallenge): Challenge {
  const up = received.links?.find(({ relations }) => relations.includes('up'))?.url;
  return readChallenge(membersOf(received, 'challenge'), received.authorizationUrl ?? up, received.retryAfterMs);
}

/** A challenge among the members of a resource. Throws as {@link decodeChallenge} does. */
export const readChallenge = (members: Members, authorizationUrl?: string, retryAfterMs?: number): Challenge =>
  defined({
    type: requiredString(members, 'type'),
    url: requiredUrl(members, 'url'),
    status: optionalString(members, 'status') ?? 'pending',
    token: readToken(members),
    validatedAt: optionalInstant(members, 'validated'),
    error: decodeProblem(ownMember(members.object, 'error')),
    authorizationUrl,
    retryAfterMs,
    raw: members.object,
  });

/** An empty token counts as malformed: a file or a record named by it would not be what the server looks for. */
function readToken(members: Members): string | undefined {
  const token = ownMember(members.object, 'token') ?? undefined;
  if (token === undefined || (typeof token === 'string' && isBase64urlText(token))) return token;
  return failMember(members, 'token', 'base64url text', insteadOf(token));
}
