import {
  EMPTY,
  from,
  ignoreElements,
  type Observable,
  type ObservableInput,
  onErrorResumeNextWith,
  type SchedulerLike,
  takeUntil,
} from 'rxjs';
import { wait } from './wait.js';

/**
 * Waits until work that unsubscribing does not stop is over, so that what undoes it comes after it. That is the work of a
 * promise; of anything else there is nothing to wait for once it was unsubscribed.
 *
 * Emits nothing; completes when the work is over, whatever came of it, after `ms` milliseconds if it is not over by then,
 * and at once where there is none. Errors: none. Cost: one timer while it waits.
 */
export const whenOver = (
  work: ObservableInput<unknown> | undefined,
  scheduler?: SchedulerLike,
  ms = 10_000,
): Observable<never> =>
  // A function of the application may have returned anything at all.
  'then' in Object(work)
    ? from(work as PromiseLike<unknown>).pipe(ignoreElements(), takeUntil(wait(ms, scheduler)), onErrorResumeNextWith())
    : EMPTY;
