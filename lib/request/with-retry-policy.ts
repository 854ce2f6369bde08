import type { RetryPolicy } from '../model/retry-policy.js';
import type { AcmeKeyHolder } from './account.js';
import { type AcmeSession, sessionOf } from './session.js';

/**
 * The same session or account with another retry policy: for one call, say. Nonces, directory, gate and connections
 * are shared with the one it comes from.
 *
 * Emits nothing and does no I/O: the value is the session or the account.
 *
 * @example
 * ```ts
 * const patient = withRetryPolicy(account, retryWithBackoff({ maxRetries: 10 }));
 * const order$ = newOrder(patient, { identifiers: ['example.org'] });
 * ```
 */
export function withRetryPolicy<T extends AcmeSession | AcmeKeyHolder>(by: T, retry: RetryPolicy): T {
  const derived = ({ directoryUrl, scheduler, clock, random, state }: AcmeSession) =>
    sessionOf({ directoryUrl, scheduler, clock, random, retry, state });
  return 'session' in by ? { ...by, session: derived(by.session) } : (derived(by) as T);
}
