import type { SchedulerLike, Subscription, TimestampProvider } from 'rxjs';
import { Heap } from './heap.js';
import { longestTimerMs } from './wait.js';

/** What a {@link Timetable} runs on. */
export interface TimetablePorts {
  readonly scheduler: SchedulerLike;
  /** What instants are compared with. */
  readonly clock: TimestampProvider;
}

/** Any number of values that wait for an instant each, with one timer for all of them. */
export class Timetable<T> {
  readonly #waiting = new Heap<T>();
  #timer: Subscription | undefined;
  /** When the timer ends. `-Infinity` while values are handed out, so that none is set before they all are. */
  #timerAtMs = Infinity;
  #isStopped = false;

  /** `onDue` hears of each value, in the order of their instants, never before them. */
  constructor(
    private readonly ports: TimetablePorts,
    private readonly onDue: (value: T) => void,
  ) {}

  /** Has a value wait until an instant, in milliseconds by the clock. One that is past goes through the scheduler too. */
  add(value: T, atMs: number): void {
    this.#waiting.add(atMs, value);
    if (atMs < this.#timerAtMs) this.#setTimer();
  }

  /** Hands out nothing more. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.unsubscribe();
  }

  #setTimer(): void {
    this.#timer?.unsubscribe();
    const { firstKey } = this.#waiting;
    this.#timerAtMs = firstKey ?? Infinity;
    if (firstKey === undefined || this.#isStopped) return;
    const { scheduler, clock } = this.ports;
    const waitMs = Math.min(Math.max(0, firstKey - clock.now()), longestTimerMs);
    this.#timer = scheduler.schedule(() => {
      this.#handOut();
    }, waitMs);
  }

  #handOut(): void {
    const nowMs = this.ports.clock.now();
    this.#timerAtMs = -Infinity;
    while (!this.#isStopped && (this.#waiting.firstKey ?? Infinity) <= nowMs) this.onDue(this.#waiting.take() as T);
    this.#setTimer();
  }
}
