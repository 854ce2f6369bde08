import type { AcmeError } from '../model/errors/acme-error.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import { AcmeTransportError } from '../model/errors/transport-error.js';
import { backoffMs } from '../rx/backoff.js';

const minuteMs = 60_000;
const shortestMs = minuteMs;
const longestMs = 24 * 60 * minuteMs;
const defaultMs = 6 * 60 * minuteMs;

/** For what may be over soon: one, five and 25 minutes. */
const backoff = { firstMs: minuteMs, factor: 5, maxMs: defaultMs, jitter: 0.1 };
const backoffs = 3;

const withinReason = (ms: number): number => Math.min(Math.max(ms, shortestMs), longestMs);

/**
 * How long after an answer the server is asked again, in milliseconds: for as long as it says, within reason.
 *
 * @see RFC 9773 §4.3.2
 */
export const afterAnswerMs = (retryAfterMs = defaultMs): number => withinReason(retryAfterMs);

/**
 * How long after a failure the server is asked again, in milliseconds. What may be over soon is tried again soon, and
 * less and less so.
 *
 * @param failures How many there have been in a row.
 * @see RFC 9773 §4.3.3
 */
export function afterFailureMs(error: AcmeError, failures: number, random: () => number): number {
  const ownMs = isTemporary(error) && failures <= backoffs ? backoffMs(failures - 1, backoff, random) : defaultMs;
  return withinReason(Math.max(ownMs, error.retryAfterMs ?? 0));
}

const isTemporary = (error: AcmeError): boolean =>
  (error instanceof AcmeTransportError && !isNobodyThere(error)) ||
  (error instanceof AcmeProblemError && (error.status ?? 0) >= 500);

/** Whether there is no such host, or nobody listens there, as the platform says in one of the causes. */
function isNobodyThere({ cause }: AcmeTransportError): boolean {
  const codes: unknown[] = [];
  for (let each = cause; each instanceof Error && codes.length < 8; each = each.cause)
    codes.push((each as { readonly code?: unknown }).code);
  return codes.includes('ENOTFOUND') || codes.includes('ECONNREFUSED');
}
