import {
  asyncScheduler,
  Observable,
  type SchedulerLike,
  type Subscriber,
  type Subscription,
  type TimestampProvider,
} from 'rxjs';

import { longestTimerMs } from './wait.js';

/** What fractions of a millisecond may add up to. */
const rounding = 0.001;

/** Options of {@link tokenBucket}. */
export interface TokenBucketOptions {
  /** How many tokens come back in `perMs`. */
  readonly count: number;
  /** In milliseconds. */
  readonly perMs: number;
  /** How many tokens the bucket holds. Default: `count`. */
  readonly burst?: number | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** Default: the scheduler. */
  readonly clock?: TimestampProvider | undefined;
}

/**
 * A bucket, full at first, into which tokens come back evenly. Each subscription takes one.
 *
 * Emits `undefined` once, at once where there is a token, else when its turn has come, first come, first served; then
 * completes. Who is unsubscribed before takes none. Errors: none. Cost: one timer while anybody waits. Throws
 * `TypeError` on numbers that cannot be.
 */
export function tokenBucket(options: TokenBucketOptions): Observable<void> {
  const { count, perMs, burst = count, scheduler = asyncScheduler, clock = scheduler } = options;
  if (!(count > 0 && perMs >= 0 && burst >= 1 && perMs < Infinity)) {
    throw new TypeError('a limit needs a count above 0, a time perMs that is not negative and a burst of at least 1');
  }
  const tokenMs = perMs / count;
  const queue = new Set<Subscriber<void>>();
  /** When the bucket will be full. */
  let fullAtMs = -Infinity;
  let timer: Subscription | undefined;
  let isDraining = false;
  const stop = () => {
    timer?.unsubscribe();
    timer = undefined;
  };
  /** How long until there is a token. */
  const toGoMs = () => {
    const nowMs = clock.now();
    // It cannot take longer than to fill an empty bucket, though the clock be set back.
    fullAtMs = Math.min(fullAtMs, nowMs + burst * tokenMs);
    return fullAtMs - (burst - 1) * tokenMs - nowMs;
  };
  const take = (subscriber: Subscriber<void>) => {
    queue.delete(subscriber);
    fullAtMs = Math.max(fullAtMs, clock.now()) + tokenMs;
    subscriber.next();
    subscriber.complete();
  };
  const drain = () => {
    // Who takes a token may come back within it.
    if (isDraining || timer !== undefined) return;
    isDraining = true;
    for (const subscriber of queue) {
      const ms = Math.ceil(toGoMs() - rounding);
      if (ms > 0) {
        timer = scheduler.schedule(wake, Math.min(ms, longestTimerMs));
        break;
      }
      take(subscriber);
    }
    isDraining = false;
  };
  const wake = () => {
    stop();
    drain();
  };
  return new Observable<void>((subscriber) => {
    queue.add(subscriber);
    subscriber.add(() => {
      queue.delete(subscriber);
      if (queue.size === 0) stop();
    });
    drain();
  });
}
