import {
  asyncScheduler,
  defer,
  dematerialize,
  map,
  materialize,
  merge,
  type MonoTypeOperatorFunction,
  type ObservableNotification,
  type SchedulerLike,
  tap,
  type TimestampProvider,
} from 'rxjs';
import { wait, waitUntil } from './wait.js';

/** Options of {@link deadline}: a duration from subscription, or an instant. */
export type DeadlineOptions<T> = {
  readonly scheduler?: SchedulerLike | undefined;
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
export const deadline =
  <T>(options: DeadlineOptions<T>): MonoTypeOperatorFunction<T> =>
  (source) =>
    defer(() => {
      const { scheduler = asyncScheduler, clock = scheduler, onTimeout } = options;
      let last: T | undefined;
      const over = 'at' in options ? waitUntil(options.at, { scheduler, clock }) : wait(options.forMs, scheduler);
      return merge(
        source.pipe(
          tap((value) => (last = value)),
          materialize(),
        ),
        over.pipe(map((): ObservableNotification<T> => ({ kind: 'E', error: onTimeout(last) }))),
      ).pipe(dematerialize());
    });
