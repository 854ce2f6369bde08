import {
  concatMap,
  defer,
  type MonoTypeOperatorFunction,
  Observable,
  type SchedulerLike,
  tap,
  throwError,
  type TimestampProvider,
} from 'rxjs';
import { wait, waitUntil } from './wait.js';

/** Options of {@link deadline}: a duration from subscription, or an instant. */
export type DeadlineOptions<T> = {
  /** What the wait goes through. Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** What `at` is compared with. Default: the scheduler. */
  readonly clock?: TimestampProvider | undefined;
  /** Makes the error from the last value that was seen. */
  readonly onTimeout: (last: T | undefined) => unknown;
} & ({ readonly forMs: number } | { readonly at: Date });

/**
 * Limits the whole life of a stream, not the time between its values.
 *
 * Emits what the source emits. When the time is over before the source completes, unsubscribes from it. Errors with
 * what `onTimeout` makes of the last value, and with what the source errors with. Cost: one timer, no request.
 */
export const deadline = <T>(options: DeadlineOptions<T>): MonoTypeOperatorFunction<T> =>
  endedBy(
    defer(() => ('at' in options ? waitUntil(options.at, options) : wait(options.forMs, options.scheduler))),
    options.onTimeout,
  );

/** {@link deadline} by a stream: the time is over when `over$` emits. */
export const endedBy =
  <T>(over$: Observable<unknown>, onTimeout: (last: T | undefined) => unknown): MonoTypeOperatorFunction<T> =>
  (source) =>
    new Observable<T>((subscriber) => {
      let last: T | undefined;
      source.pipe(tap((value) => (last = value))).subscribe(subscriber);
      // Whoever has ended already needs no timer.
      if (subscriber.closed) return;
      over$.pipe(concatMap(() => throwError(() => onTimeout(last)))).subscribe(subscriber);
    });
