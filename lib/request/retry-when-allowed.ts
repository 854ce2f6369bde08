import { asyncScheduler, defer, type MonoTypeOperatorFunction, retry, type SchedulerLike, throwError } from 'rxjs';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import { wait } from '../rx/wait.js';

/** A server that limits and asks for no wait would be asked for ever. */
const shortestMs = 1_000;

/** Options of {@link retryWhenAllowed}. */
export interface RetryWhenAllowedOptions {
  /** The longest that all waits together may take, in milliseconds. */
  readonly maxWaitMs: number;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Subscribes again when a rate limit allows it. A rate limit that does not say when is not waited for: a person has to
 * act.
 *
 * Emits what the source emits. Errors with an {@link AcmeRateLimitedError} that asks for a longer wait than is left of
 * `maxWaitMs`, or for none; and with every other error at once. Cost: what the source costs, again; one timer while it
 * waits, a second at least. Throws `TypeError` if `maxWaitMs` is not a number.
 *
 * @see RFC 8555 §6.6
 */
export function retryWhenAllowed<T>(options: RetryWhenAllowedOptions): MonoTypeOperatorFunction<T> {
  const { maxWaitMs, scheduler = asyncScheduler } = options;
  if (!(maxWaitMs >= 0)) throw new TypeError('retryWhenAllowed: maxWaitMs must be a number that is not negative');
  return (source) =>
    defer(() => {
      let leftMs = maxWaitMs;
      return source.pipe(
        retry({
          delay: (error: unknown) => {
            const askedMs = error instanceof AcmeProblemError && saysLater(error) ? error.retryAfterMs : undefined;
            const waitMs = askedMs === 0 ? shortestMs : (askedMs ?? Infinity);
            if (waitMs > leftMs) return throwError(() => error);
            leftMs -= waitMs;
            return wait(waitMs, scheduler);
          },
        }),
      );
    });
}

/** A rate limit, or a failure of the server. */
const saysLater = ({ code, status = 0 }: AcmeProblemError): boolean => code === 'rateLimited' || status >= 500;
