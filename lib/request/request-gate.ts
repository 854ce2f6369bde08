import { concatMap, type Observable } from 'rxjs';
import { AcmeRateLimitedError } from '../model/errors/problem-error.js';
import type { LimitedRequest } from '../model/request-limiter.js';
import { callPort } from './port.js';
import type { AcmeSession } from './session.js';

/** Sends as soon as the session's request limiter, if it has one, lets the request pass. */
export function withinLimits<T>(
  { state }: AcmeSession,
  request: LimitedRequest,
  send: () => Observable<T>,
): Observable<T> {
  const { requestLimiter, directory } = state;
  if (requestLimiter === undefined) return send();
  return callPort('requestLimiter', () => requestLimiter({ ...request, directory: directory.kept })).pipe(
    concatMap(send),
  );
}

/**
 * Closes the session's gate after a rate limit that says when it ends: for every request where the wait is short, or
 * where no ACME server but a balancer in front of it has spoken. A long limit of the server itself is one of what was
 * asked, and of nothing else.
 */
export function closeGate({ state, clock }: AcmeSession, error: unknown): void {
  if (!(error instanceof AcmeRateLimitedError) || error.retryAfterMs === undefined) return;
  const { problem, retryAfterMs, url, status, links, headers } = error;
  if (retryAfterMs > state.limits.maxRetryAfterMs && problem.type !== 'about:blank') return;
  state.gate.close(retryAfterMs, (leftMs) => {
    const retryAt = new Date(clock.now() + leftMs);
    return new AcmeRateLimitedError(problem, { url, status, links, headers, retryAfterMs: leftMs, retryAt });
  });
}
