import { asyncScheduler, concat, defer, map, type Observable, of, type SchedulerLike } from 'rxjs';
import { wait } from '../../rx/wait.js';
import type { DnsPropagation, PropagationCheck } from './propagation.js';

/** Options of {@link fixedDelay}. */
export interface FixedDelayOptions {
  /** In milliseconds. Default: 60 000. */
  readonly delayMs?: number | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * No check: believes that a record is seen after a while. All records of an order wait at the same time.
 *
 * Emits nothing itself: the value is for {@link txtPublisher}. Its stream emits at the beginning and at the end. Cost: one
 * timer for each record, no look-up. Throws `TypeError` on a delay that is none.
 */
export function fixedDelay({ delayMs = 60_000, scheduler = asyncScheduler }: FixedDelayOptions = {}): PropagationCheck {
  if (!(delayMs >= 0)) throw new TypeError('fixedDelay: delayMs must be a number of milliseconds');
  const reason = `${delayMs} ms have to pass`;
  return {
    seen: ({ name }): Observable<DnsPropagation> =>
      concat(
        of({ name, seen: 0, of: 1, waitingFor: [{ server: 'the clock', reason }] }),
        defer(() => wait(delayMs, scheduler)).pipe(map(() => ({ name, seen: 1, of: 1, waitingFor: [] }))),
      ),
  };
}
