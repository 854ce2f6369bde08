import { deepStrictEqual } from 'node:assert';
import type { Observable } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';

/** RxJS's own helpers, and the scheduler that they run on. */
export interface VirtualTime extends RunHelpers {
  readonly scheduler: TestScheduler;
  /** How many timers wait. */
  timers(): number;
}

/** Runs a spec in virtual time, in which 1 frame is 1 ms and what is left to do at its end is done before it returns. */
export function virtualTime<T>(spec: (time: VirtualTime) => T): T {
  const scheduler = new TestScheduler((actual, expected) => {
    deepStrictEqual(actual, expected);
  });
  return scheduler.run((helpers) => spec({ ...helpers, scheduler, timers: () => scheduler.actions.length }));
}

/** What came out of a stream. */
export interface Recording<T> {
  readonly values: T[];
  error?: unknown;
  isComplete: boolean;
  unsubscribe(): void;
}

/** Subscribes at once and writes down what comes. `onNext` hears of each value after it is written down. */
export function record<T>(source: Observable<T>, onNext?: (value: T, index: number) => void): Recording<T> {
  const recording: Recording<T> = { values: [], isComplete: false, unsubscribe: () => subscription.unsubscribe() };
  const subscription = source.subscribe({
    next: (value) => {
      const length = recording.values.push(value);
      onNext?.(value, length - 1);
    },
    error: (error: unknown) => (recording.error = error),
    complete: () => (recording.isComplete = true),
  });
  return recording;
}

/** The one error that a stream ends with, once virtual time has run out; fails where it ends without. */
export function errorOf(time: VirtualTime, source: Observable<unknown>): unknown {
  const { error, isComplete } = completed(time, source);
  if (error === undefined) throw new Error(isComplete ? 'the stream completed' : 'the stream has not ended');
  return error;
}

/** What came out of a stream once virtual time has run out. */
export function completed<T>({ flush }: VirtualTime, source: Observable<T>): Recording<T> {
  const recording = record(source);
  flush();
  return recording;
}
