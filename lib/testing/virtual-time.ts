import type { TimestampProvider } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { deepDifference } from './deep-difference.js';

/** What a test in virtual time is given: RxJS's helpers, and the scheduler. */
export interface VirtualTimeHelpers extends RunHelpers {
  /** To be given to sessions, fake CAs and operators. */
  readonly scheduler: TestScheduler;
  /** The scheduler's time, counted from a date instead of from 0. */
  readonly clock: TimestampProvider;
}

/** Options of {@link virtualTime}. */
export interface VirtualTimeOptions {
  /** When virtual time begins by `clock`. Default: 2026-01-01T00:00:00Z. */
  readonly startAt?: Date | undefined;
  /** Text for the end of a failure's message: a fake CA's `timeline`, say. */
  readonly describe?: (() => string) | undefined;
}

/**
 * Runs a test in virtual time, with RxJS's `TestScheduler`, under any test runner.
 *
 * Emits nothing itself: it returns what `test` returns, when all virtual time is over. Throws an `Error` that shows the
 * expected and the actual emissions where they differ.
 */
export function virtualTime<T>(test: (helpers: VirtualTimeHelpers) => T, options: VirtualTimeOptions = {}): T {
  const { startAt = new Date(Date.UTC(2026, 0, 1)), describe } = options;
  const scheduler = new TestScheduler((actual, expected) => {
    const difference = deepDifference(actual, expected);
    if (difference === undefined) return;
    throw new Error([difference, describe?.()].filter(Boolean).join('\n'));
  });
  return scheduler.run((helpers) => test({ ...helpers, scheduler, clock: offsetClock(scheduler, startAt) }));
}

/** A clock that runs with another one, counted from a date. */
export function offsetClock(clock: TimestampProvider, startAt: Date): TimestampProvider {
  const offsetMs = startAt.getTime() - clock.now();
  return { now: () => clock.now() + offsetMs };
}
