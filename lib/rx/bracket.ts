import { concatMap, defer, Observable, type ObservableInput, type SchedulerLike, take, takeUntil } from 'rxjs';
import { endedBy } from './deadline.js';
import { wait } from './wait.js';

/** Why a resource is released. */
export type ReleaseReason = 'complete' | 'error' | 'unsubscribe';

/** Options of {@link bracket}. */
export interface BracketOptions<A, T, R> {
  /** Makes the resource: its first value. */
  readonly acquire: () => ObservableInput<A>;
  /** Emits what the bracket emits. */
  readonly use: (resource: A) => ObservableInput<T>;
  /** Frees it. `resource` is `undefined` where `acquire` failed or was cut short, and its outcome is unknown. */
  readonly release: (resource: A | undefined, why: ReleaseReason) => ObservableInput<R>;
  /** How long `release` may take, in milliseconds; `Infinity` sets no limit and no timer. Default: 30 000. */
  readonly releaseTimeoutMs?: number | undefined;
  /** Makes the error for a `release` that takes too long. Default: a plain `Error`. */
  readonly onReleaseTimeout?: (() => unknown) | undefined;
  /** Hears of what `release` emits where nobody is left to hear it. Default: nobody does. */
  readonly onDetachedValue?: ((value: R) => void) | undefined;
  /** Hears of a `release` that failed where the stream can no longer say so. */
  readonly onDetachedError: (error: unknown) => void;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Uses a resource and frees it whatever happens, asynchronously where it has to.
 *
 * Emits what `use` emits, then what `release` emits. On completion and on error the resource is freed before the
 * outcome is passed on; on unsubscription it is freed all the same, detached, also when `release` was already under
 * way. `release` runs exactly once per subscription. Errors with the error of `acquire` or `use`; with that of
 * `release` only where those completed. A failure of `release` that cannot be passed on goes to `onDetachedError`.
 * Cost: one timer while `release` runs.
 */
export const bracket = <A, T, R = never>(options: BracketOptions<A, T, R>): Observable<T | R> => {
  const { release, releaseTimeoutMs = 30_000, onReleaseTimeout = timeoutError, scheduler } = options;
  const limited = <V>(released$: Observable<V>) =>
    releaseTimeoutMs === Infinity
      ? released$
      : released$.pipe(endedBy(wait(releaseTimeoutMs, scheduler), onReleaseTimeout));
  return releasing({ ...options, release: (resource, why) => limited(defer(() => release(resource, why))) });
};

const timeoutError = () => new Error('bracket: release took longer than releaseTimeoutMs');

/** {@link bracket} without a limit of its own for `release`. */
export const releasing = <A, T, R = never>(
  options: Omit<BracketOptions<A, T, R>, 'releaseTimeoutMs' | 'onReleaseTimeout' | 'scheduler'>,
): Observable<T | R> =>
  new Observable<T | R>((subscriber) => {
    let resource: A | undefined;
    const release = (why: ReleaseReason, then: () => void) => {
      defer(() => options.release(resource, why)).subscribe({
        next: (value) => {
          if (subscriber.closed) options.onDetachedValue?.(value);
          else subscriber.next(value);
        },
        error: (error: unknown) => {
          try {
            if (subscriber.closed || why !== 'complete') options.onDetachedError(error);
            else subscriber.error(error);
          } finally {
            then();
          }
        },
        complete: then,
      });
    };
    // Known to the subscriber before anything starts, so that it can also leave while that is going on.
    const left$ = new Observable<void>((leaving) => {
      subscriber.add(() => {
        leaving.next();
      });
    });
    defer(options.acquire)
      .pipe(
        take(1),
        concatMap((acquired) => {
          resource = acquired;
          return options.use(acquired);
        }),
        takeUntil(left$),
      )
      .subscribe({
        next: (value) => {
          subscriber.next(value);
        },
        error: (error: unknown) => {
          release('error', () => {
            subscriber.error(error);
          });
        },
        complete: () => {
          release(subscriber.closed ? 'unsubscribe' : 'complete', () => {
            subscriber.complete();
          });
        },
      });
  });
