import { EMPTY, type Observable } from 'rxjs';
import { AcmeProblemError, AcmeRateLimitedError } from '../model/errors/problem-error.js';
import type { LimitedRequest } from '../model/request-limiter.js';
import type { AcmeSession } from './session.js';

/** Sends a request, by the session's request limiter where it has one. */
export const withinLimits = <T>(
  { state: { requestLimiter, directory, gate } }: AcmeSession,
  request: LimitedRequest,
  send: () => Observable<T>,
): Observable<T> =>
  requestLimiter?.(
    { ...request, directory: directory.kept },
    send,
    gate.run(() => EMPTY),
  ) ?? send();

/** The longest that one answer closes the gate for, in milliseconds. */
const longestClosingMs = 3_600_000;

/**
 * Closes the session's gate after an answer that says when to come back, a rate limit or a 503: for every request where
 * the wait is short, or where no ACME server but a balancer in front of it has spoken. A long limit of the server itself
 * is one of what was asked, and of nothing else.
 */
export function closeGate({ state, clock }: AcmeSession, error: unknown): void {
  if (!(error instanceof AcmeProblemError)) return;
  const { problem, code, retryAfterMs = 0, status } = error;
  if (code !== 'rateLimited' && status !== 503) return;
  if (retryAfterMs > state.limits.maxRetryAfterMs && problem.type !== 'about:blank') return;
  state.gate.close(Math.min(retryAfterMs, longestClosingMs), (leftMs) => {
    const retryAt = new Date(clock.now() + leftMs);
    return new AcmeRateLimitedError(problem, { status, retryAfterMs: leftMs, retryAt });
  });
}
