import type { SchedulerAction, SchedulerLike, Subscription } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { expect } from 'vitest';

/** What a marble spec works with: RxJS's own helpers and a scheduler that counts. */
export interface Marbles extends RunHelpers {
  readonly testScheduler: TestScheduler;
  /** Runs on the same virtual time, and only what is scheduled through it is counted. */
  readonly scheduler: CountedScheduler;
  /** Runs `work` half a millisecond after that frame, so after all that happens in it. */
  at(frame: number, work: () => void): void;
}

/** A scheduler that knows how many timers it was asked for. */
export interface CountedScheduler extends SchedulerLike {
  /** The delay of every timer so far, in the order in which they were set. */
  readonly delays: readonly number[];
  /** Timers that have neither fired nor been cancelled. */
  pending(): number;
}

/** Runs a spec in virtual time, in which 1 frame is 1 ms. Fails where a counted timer is left when it is over. */
export function virtualTime(spec: (marbles: Marbles) => void): void {
  const testScheduler = new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
  const scheduler = counted(testScheduler);
  testScheduler.run((helpers) => {
    const at = (frame: number, work: () => void): Subscription => testScheduler.schedule(work, frame + 0.5);
    spec({ ...helpers, testScheduler, scheduler, at });
  });
  expect(scheduler.pending(), 'timers left behind').toBe(0);
}

/** Counts the timers that are set through it. */
export function counted(inner: SchedulerLike): CountedScheduler {
  const delays: number[] = [];
  let pending = 0;
  return {
    delays,
    pending: () => pending,
    now: () => inner.now(),
    schedule: <T>(work: (this: SchedulerAction<T>, state: T) => void, delay = 0, state?: T) => {
      delays.push(delay);
      pending++;
      const action = inner.schedule<T>(work, delay, state as T);
      action.add(() => pending--);
      return action;
    },
  };
}
