import { parseHttpDate } from './http-date.js';

/** Longer than anybody waits, and short enough for any instant that is counted from now to be a date. */
const longestMs = 10 * 365 * 24 * 3_600_000;

/**
 * How long a `Retry-After` header asks to wait from `nowMs` on, in milliseconds: never negative, at most
 * ten years. Undefined where the header is absent or is neither a whole number of seconds nor an HTTP
 * date.
 *
 * @see RFC 9110 §10.2.3
 */
export function parseRetryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  const atMs = parseHttpDate(value, nowMs)?.getTime() ?? NaN;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : atMs - nowMs;
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, 0), longestMs);
}
