import type { JsonObject } from './json.js';
import type { ProblemDocument } from './problem.js';

/**
 * How far a challenge can have come; servers may know more.
 *
 * @see RFC 8555 §7.1.6
 */
export type ChallengeStatus = 'pending' | 'processing' | 'valid' | 'invalid' | (string & {});

/**
 * One way to prove control over an identifier.
 *
 * @see RFC 8555 §7.1.5, §8
 */
export interface Challenge {
  /** Such as `http-01` or `dns-01`. Types unknown to this library are kept. */
  readonly type: string;
  /** Where it is answered. Never read: at some servers that starts validation. */
  readonly url: string;
  /** How far it has come. */
  readonly status: ChallengeStatus;
  /** Present where the type has one; base64url characters only. */
  readonly token?: string;
  /** When the server looked. */
  readonly validatedAt?: Date;
  /** Why the server could not validate. Also present while it goes on trying. */
  readonly error?: ProblemDocument;
  /** The authorization that this challenge belongs to, where known. */
  readonly authorizationUrl?: string;
  /** How long the server asks to wait before the next look, in milliseconds. */
  readonly retryAfterMs?: number;
  /** As the server sent it, members of its type included. */
  readonly raw: JsonObject;
}
