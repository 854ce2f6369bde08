import {
  asyncScheduler,
  concatMap,
  defer,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  retry,
  type SchedulerLike,
  tap,
  throwError,
  type TimestampProvider,
} from 'rxjs';
import { AcmeError } from '../model/errors/acme-error.js';
import type { RetryPolicy } from '../model/retry-policy.js';
import { wait } from '../rx/wait.js';
import { callPort } from './port.js';
import { retryWithBackoff } from './retry-policies.js';

/** Options of {@link retryTransient}. */
export interface RetryTransientOptions {
  /** Default: {@link retryWithBackoff}. */
  readonly policy?: RetryPolicy | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** What time is measured by. Default: the scheduler. */
  readonly clock?: TimestampProvider | undefined;
  /** Spreads waits; returns 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * Subscribes again after a failure, when the policy says so.
 *
 * Emits what the source emits, all attempts of it. Errors with the last {@link AcmeError} when the policy gives up;
 * {@link AcmePortError} where the policy itself fails; with anything that is no {@link AcmeError} at once. Cost: what
 * the source costs, again; one timer while it waits.
 *
 * @example
 * ```ts
 * const certificate$ = obtainCertificate(account, { identifiers: ['example.org'], solvers: [http01Server()] }).pipe(
 *   retryTransient({ policy: failedIssuanceSchedule }),
 *   toCertificate(),
 * );
 * ```
 */
export const retryTransient = <T>(options: RetryTransientOptions = {}): MonoTypeOperatorFunction<T> => {
  const { policy = retryWithBackoff(), scheduler = asyncScheduler, clock = scheduler, random = Math.random } = options;
  return retried({ retry: policy, scheduler, clock, random });
};

/** What is needed to try again; a session is that. */
export interface RetryPorts {
  readonly retry: RetryPolicy;
  readonly scheduler: SchedulerLike;
  readonly clock: TimestampProvider;
  readonly random: () => number;
}

/**
 * {@link retryTransient}. `before` is asked before each attempt but the first, and once more when the policy gives up: what it
 * finds is emitted in place of another attempt, or of the error.
 */
export const retried =
  <T>(
    { retry: policy, scheduler, clock, random }: RetryPorts,
    before: (error: AcmeError) => Observable<T | undefined> = () => of(undefined),
  ): MonoTypeOperatorFunction<T> =>
  (source) =>
    defer(() => {
      const startedAtMs = clock.now();
      let found: T | undefined;
      let delayMs: unknown;
      return defer(() => (found === undefined ? source : of(found))).pipe(
        retry({
          delay: (error: unknown, attempt) =>
            error instanceof AcmeError
              ? callPort('retryPolicy', () => {
                  delayMs = policy({ error, attempt, elapsedMs: Math.max(0, clock.now() - startedAtMs), random });
                  if (delayMs === undefined) return of(0);
                  if (typeof delayMs === 'number' && delayMs < Infinity) return wait(delayMs, scheduler);
                  throw new TypeError('it returned no time');
                }).pipe(
                  concatMap(() => callPort('recovery', () => before(error))),
                  tap((each) => {
                    found = each;
                    if (each === undefined && delayMs === undefined) throw error;
                  }),
                )
              : throwError(() => error),
        }),
      );
    });
