import type { AcmeError } from './errors/acme-error.js';

/** A failure, as a {@link RetryPolicy} sees it. */
export interface FailedAttempt {
  /** What went wrong. Of an answer it holds the `status`, the `headers`, the `links` and `retryAfterMs`. */
  readonly error: AcmeError;
  /** Which attempt has failed: 1 is the first. */
  readonly attempt: number;
  /** Since the first attempt began, in milliseconds. */
  readonly elapsedMs: number;
  /** Spreads waits; returns 0 to 1. */
  readonly random: () => number;
}

/**
 * Whether to try again: how long to wait first, in milliseconds, or `undefined` to give up. Called once for each
 * failure; it keeps nothing.
 */
export type RetryPolicy = (failure: FailedAttempt) => number | undefined;
