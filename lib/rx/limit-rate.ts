import {
  asyncScheduler,
  map,
  type MonoTypeOperatorFunction,
  Observable,
  type SchedulerLike,
  type Subscriber,
  takeWhile,
} from 'rxjs';
import { Heap } from './heap.js';
import { wait } from './wait.js';

/** Options of {@link limitRate}. */
export interface LimitRateOptions<T> {
  /** How many values are let through in any stretch of time of `perMs`. */
  readonly count: number;
  /** In milliseconds. */
  readonly perMs: number;
  /** What is let through at once and does not count: renewals that the server does not count either, say. Asked once for each value. Default: nothing. */
  readonly exempt?: ((value: T) => boolean) | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Limits how many values pass in a time: in no stretch of `perMs` milliseconds more than `count` do, whenever it begins.
 *
 * Emits what the source emits, in its order, each at once or as soon as it may; exempt values overtake those that wait.
 * Completes when the source has and none waits. Errors with the source, at once. Cost: one timer while any value
 * waits; `count` instants and the values that wait are kept. Throws `TypeError` on a count or a time that cannot be.
 *
 * @example
 * ```ts
 * const order$ = range(1, 1_000).pipe(
 *   limitRate({ count: 300, perMs: 3 * 3_600_000 }),
 *   mergeMap((index) => newOrder(account, { identifiers: [`host-${index}.example.org`] }), 50),
 * );
 * ```
 */
export function limitRate<T>(options: LimitRateOptions<T>): MonoTypeOperatorFunction<T> {
  const { count, perMs, exempt = () => false, scheduler = asyncScheduler } = options;
  if (!(Number.isInteger(count) && count > 0)) {
    throw new TypeError(`limitRate: count must be a whole number of at least 1, found ${String(count)}`);
  }
  if (!(perMs >= 0)) {
    throw new TypeError(`limitRate: perMs must be a number that is not negative, found ${String(perMs)}`);
  }
  return (source) =>
    new Observable<T>((subscriber) => {
      const gate = new Gate<T>({ count, perMs, scheduler }, subscriber);
      subscriber.add(
        source
          .pipe(
            // Also where the source emits before it can be unsubscribed.
            takeWhile(() => !subscriber.closed),
            map((value) => ({ value, isExempt: exempt(value) })),
          )
          .subscribe(gate),
      );
    });
}

/** Those that wait, and when the last ones passed. */
class Gate<T> {
  readonly #queue = new Heap<T>();
  /** When they passed, as many as may in one stretch. */
  readonly #passedAtMs: number[] = [];
  /** Where the oldest of them is, once there are so many. */
  #oldest = 0;
  /** Whether somebody is being let through, or the timer runs for the next. */
  #isBusy = false;
  #isSourceOver = false;

  constructor(
    private readonly limit: { readonly count: number; readonly perMs: number; readonly scheduler: SchedulerLike },
    private readonly subscriber: Subscriber<T>,
  ) {}

  next({ value, isExempt }: { readonly value: T; readonly isExempt: boolean }): void {
    if (isExempt) {
      this.subscriber.next(value);
      return;
    }
    this.#queue.add(0, value);
    this.#open();
  }

  error(error: unknown): void {
    this.subscriber.error(error);
  }

  complete(): void {
    this.#isSourceOver = true;
    this.#open();
  }

  /** Lets through who may pass, and sets the timer for the next one. */
  #open(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#queue.size > 0 && !this.subscriber.closed) {
      const waitMs = this.#waitMs();
      if (waitMs > 0) {
        this.subscriber.add(wait(waitMs, this.limit.scheduler).subscribe(this.#pass));
        return;
      }
      this.#letThrough();
    }
    this.#isBusy = false;
    if (this.#isSourceOver) this.subscriber.complete();
  }

  readonly #pass = (): void => {
    this.#letThrough();
    this.#isBusy = false;
    this.#open();
  };

  #letThrough(): void {
    this.#passedAtMs[this.#oldest] = this.limit.scheduler.now();
    this.#oldest = (this.#oldest + 1) % this.limit.count;
    this.subscriber.next(this.#queue.take() as T);
  }

  /** How long the next one has to wait. Never longer than one stretch, also where the clock was set back. */
  #waitMs(): number {
    const { count, perMs, scheduler } = this.limit;
    if (this.#passedAtMs.length < count) return 0;
    return Math.min((this.#passedAtMs[this.#oldest] ?? -Infinity) + perMs - scheduler.now(), perMs);
  }
}
