import { concat, defer, ignoreElements, type SchedulerLike, type TimestampProvider } from 'rxjs';
import type { LimitedRequest, RequestLimiter } from '../model/request-limiter.js';
import type { RequestLimit, RequestKind } from '../model/request-limits.js';
import { tokenBucket } from '../rx/token-bucket.js';

/** What {@link limitRequests} runs on. */
export interface LimitRequestsOptions {
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** Default: the scheduler. */
  readonly clock?: TimestampProvider | undefined;
}

/**
 * Keeps requests below the limits of a server, by a token bucket for each limit, so that the server has no reason to
 * refuse them. For `acmeSession({ requestLimiter })`; shared by several sessions it counts them together, as a server
 * does that counts by address.
 *
 * Emits nothing: the value is the limiter. Errors: none. Throws `TypeError` on numbers that cannot be.
 *
 * @example
 * ```ts
 * const session = acmeSession({
 *   directoryUrl: directories.letsEncrypt,
 *   requestLimiter: limitRequests(requestLimits.letsEncrypt),
 * });
 * ```
 */
export function limitRequests(limits: readonly RequestLimit[], options: LimitRequestsOptions = {}): RequestLimiter {
  const buckets = limits.map((limit) => ({ limit, take$: tokenBucket({ ...options, ...limit }) }));
  return (request, send, waitForPlace) => {
    const kind = kindOf(request);
    const concerned = buckets.filter(({ limit }) => limit.kind === kind && !(limit.exemptsRenewals && renews(request)));
    return concat(waitForPlace, ...concerned.map(({ take$ }) => take$.pipe(ignoreElements())), defer(send));
  };
}

const kindOf = ({ url, directory }: LimitedRequest): RequestKind => {
  const { newNonce, newAccount, newOrder, newAuthz, revokeCert, keyChange, renewalInfo } = directory ?? {};
  const known = { newNonce, newAccount, newOrder, newAuthz, revokeCert, keyChange };
  const found = Object.entries(known).find(([, each]) => each === url)?.[0] as RequestKind | undefined;
  return found ?? (renewalInfo !== undefined && url.startsWith(renewalInfo) ? 'renewalInfo' : 'other');
};

const renews = ({ payload }: LimitedRequest): boolean =>
  typeof payload === 'object' && typeof (payload as { readonly replaces?: unknown }).replaces === 'string';
