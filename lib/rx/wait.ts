import {
  asyncScheduler,
  concatMap,
  defer,
  type Observable,
  of,
  type SchedulerLike,
  timer,
  type TimestampProvider,
} from 'rxjs';

/** The longest delay that timers take; a longer one would fire at once. */
export const longestTimerMs = 2 ** 31 - 1;

/**
 * Waits, however long.
 *
 * Emits once, after `ms` milliseconds on the scheduler, then completes. A wait of 0 ms also goes through the
 * scheduler. Errors: none. Cost: one timer at a time, of at most 2^31-1 ms. Throws `TypeError` if `ms` is not a number.
 */
export function wait(ms: number, scheduler: SchedulerLike = asyncScheduler): Observable<0> {
  if (Number.isNaN(ms)) throw new TypeError('wait: ms must be a number of milliseconds');
  return ms <= longestTimerMs
    ? timer(Math.max(0, ms), scheduler)
    : timer(longestTimerMs, scheduler).pipe(concatMap(() => wait(ms - longestTimerMs, scheduler)));
}

/** Options of {@link waitUntil}. */
export interface WaitUntilOptions {
  /** What the wait goes through. Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** What `at` is compared with. Default: the scheduler. */
  readonly clock?: TimestampProvider | undefined;
}

/**
 * Waits for an instant, however far away. The clock is read again at least every 24 days and at the end, so that one
 * that is set in between is followed.
 *
 * Emits once, at `at` or as soon as possible after it, then completes. Errors: none. Cost: one timer at a time. Throws
 * `TypeError` if `at` is not a valid date.
 */
export function waitUntil(at: Date, options: WaitUntilOptions = {}): Observable<0> {
  const { scheduler = asyncScheduler, clock = scheduler } = options;
  if (Number.isNaN(at.getTime())) throw new TypeError('waitUntil: at must be a valid Date');
  return defer(() => {
    const leftMs = () => at.getTime() - clock.now();
    return wait(Math.min(leftMs(), longestTimerMs), scheduler).pipe(
      concatMap((done) => (leftMs() > 0 ? waitUntil(at, options) : of(done))),
    );
  });
}
