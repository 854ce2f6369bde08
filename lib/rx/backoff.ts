/** How waits grow. */
export interface Backoff {
  /** The first wait, in milliseconds. */
  readonly firstMs: number;
  /** Each wait is this many times the one before. */
  readonly factor: number;
  /** No wait is longer, in milliseconds, before jitter. */
  readonly maxMs: number;
  /** The part of a wait that chance adds or takes away: 0.1 is up to ten percent either way. */
  readonly jitter: number;
}

/** The wait before attempt `attempt` (0 is the first wait), in milliseconds. `random` returns 0 to 1. */
export const backoffMs = (attempt: number, { firstMs, factor, maxMs, jitter }: Backoff, random: () => number): number =>
  // The power may be infinite, and zero times that is no number.
  Math.round((Math.min(maxMs, firstMs * factor ** attempt) || 0) * (1 + jitter * (2 * random() - 1)));
