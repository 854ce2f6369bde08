import { problemCode } from '../codec/problem-type.js';
import type { AcmeError } from '../model/errors/acme-error.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import { AcmeTransportError } from '../model/errors/transport-error.js';
import type { RetryPolicy } from '../model/retry-policy.js';
import { type Backoff, backoffMs } from '../rx/backoff.js';

/** Options of {@link retryWithBackoff}. */
export interface RetryWithBackoffOptions extends Partial<Backoff> {
  /** How often at most. Default: 4. */
  readonly maxRetries?: number | undefined;
  /** The longest wait that a server may ask for, in milliseconds; for longer it is not waited. Default: 60 000. */
  readonly maxRetryAfterMs?: number | undefined;
}

/**
 * The policy for requests: network failures, failures of the server (5xx but for 501, `serverInternal`) and rate limits that say when to come
 * back are tried again, each time a little later and never before `Retry-After` is over. A rate limit that does not
 * say when is not: a person has to act.
 *
 * Emits nothing: the value is the policy. Default waits: 250 ms, doubling up to 10 s, a fifth more or less by chance.
 *
 * @see RFC 8555 §6.6
 */
export function retryWithBackoff(options: RetryWithBackoffOptions = {}): RetryPolicy {
  const { maxRetries = 4, maxRetryAfterMs = 60_000, ...backoff } = options;
  return ({ error, attempt, random }) => {
    const { retryAfterMs = 0 } = error;
    return isTransient(error) && attempt <= maxRetries && retryAfterMs <= maxRetryAfterMs
      ? Math.max(retryAfterMs, backoffMs(attempt - 1, { ...usualBackoff, ...backoff }, random))
      : undefined;
  };
}

const notImplemented = 501;
const usualBackoff = { firstMs: 250, factor: 2, maxMs: 10_000, jitter: 0.2 };

/** Whether the server, or what stands in front of it, has failed. The type of a problem decides before its status. */
const isServerFailure = (error: AcmeProblemError): boolean => {
  const { status = 0, problem } = error;
  return (
    (problemCode(problem) ?? (status >= 500 ? 'serverInternal' : '')) === 'serverInternal' && status !== notImplemented
  );
};

/** Whether the same request may succeed later. */
const isTransient = (error: AcmeError): boolean =>
  error instanceof AcmeTransportError ||
  (error instanceof AcmeProblemError &&
    (error.code === 'rateLimited' ? error.retryAfterMs !== undefined : isServerFailure(error)));

/** Whether the server has refused the request, so that nothing of it was carried out. What a balancer says is no proof. */
export const wasRefused = (error: AcmeError): boolean =>
  error instanceof AcmeProblemError && ((error.status ?? 0) < 500 || problemCode(error.problem) === 'rateLimited');
