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
  readonly url: string;
  readonly status: ChallengeStatus;
  /** Present where the type has one; base64url characters only. */
  readonly token?: string;
  readonly validatedAt?: Date;
  /** Why the server could not validate. Also present while it goes on trying. */
  readonly error?: ProblemDocument;
  /** The authorization that this challenge belongs to, where known. */
  readonly authorizationUrl?: string;
  /** How long the server asks to wait before the next look, in milliseconds. */
  readonly retryAfterMs?: number;
  readonly raw: JsonObject;
}
