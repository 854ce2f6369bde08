import {
  asyncScheduler,
  defer,
  first,
  map,
  type MonoTypeOperatorFunction,
  Observable,
  type ObservableInput,
  type Subscriber,
  takeWhile,
} from 'rxjs';
import { Heap } from './heap.js';
import { Timetable, type TimetablePorts } from './timetable.js';

/** Options of {@link revisit}. */
export interface RevisitOptions<T, S> extends Partial<TimetablePorts> {
  /** Finds out about a value; its first emission counts. `last` is what was known before. */
  readonly look: (value: T, last: S | undefined) => ObservableInput<S>;
  /** What is known of a value before the first look at it. Undefined: nothing. */
  readonly known: (value: T) => S | undefined;
  /** When a value is passed on, by what is known of it. */
  readonly dueAt: (state: S) => Date;
  /** When it is looked at again, where it has not been passed on by then. Undefined: not any more. */
  readonly lookAgainAt: (state: S) => Date | undefined;
  /** How many looks there are at a time. */
  readonly maxLooks: number;
}

interface Visit<T, S> {
  readonly value: T;
  state: S | undefined;
}

/**
 * Passes each value on when it is due, and finds out about it again and again until then.
 *
 * Emits the values of the source, each once, in the order in which they become due; completes when the source has and
 * none is left. Errors with the source and with `look`, at once. Unsubscribing ends every look and the timer. Cost: the
 * looks; one timer however many values wait, of at most 2^31-1 ms.
 */
export const revisit =
  <T, S>(options: RevisitOptions<T, S>): MonoTypeOperatorFunction<T> =>
  (source) =>
    new Observable<T>((subscriber) => {
      const visits = new Visits(options, subscriber);
      subscriber.add(
        source
          .pipe(
            // Also where the source emits before it can be unsubscribed.
            takeWhile(() => !subscriber.closed),
            map((value) => ({ value, state: options.known(value) })),
          )
          .subscribe(visits),
      );
    });

/** All the values that are not passed on yet. */
class Visits<T, S> {
  readonly #clock;
  readonly #timetable;
  /** Those that are to be looked at, first come, first served. */
  readonly #queue = new Heap<Visit<T, S>>();
  #looks = 0;
  #isStarting = false;
  #left = 0;
  #isSourceOver = false;

  constructor(
    private readonly options: RevisitOptions<T, S>,
    private readonly subscriber: Subscriber<T>,
  ) {
    const { scheduler = asyncScheduler, clock = scheduler } = options;
    this.#clock = clock;
    this.#timetable = new Timetable<Visit<T, S>>({ scheduler, clock }, (visit) => {
      this.#proceed(visit, false);
    });
    subscriber.add(() => {
      this.#timetable.stop();
    });
  }

  next(visit: Visit<T, S>): void {
    this.#left++;
    this.#proceed(visit, false);
  }

  error(error: unknown): void {
    this.subscriber.error(error);
  }

  complete(): void {
    this.#isSourceOver = true;
    this.#finish();
  }

  #finish(): void {
    if (this.#isSourceOver && this.#left === 0) this.subscriber.complete();
  }

  /** Passes a value on, has it wait, or has it looked at; right after a look only one of the first two. */
  #proceed(visit: Visit<T, S>, isFresh: boolean): void {
    const { value, state } = visit;
    const nowMs = this.#clock.now();
    const dueMs = state === undefined ? Infinity : this.options.dueAt(state).getTime();
    const againMs = state === undefined ? nowMs : (this.options.lookAgainAt(state)?.getTime() ?? Infinity);
    if (dueMs <= nowMs) {
      this.#left--;
      this.subscriber.next(value);
      this.#finish();
    } else if (isFresh || againMs > nowMs) {
      this.#timetable.add(visit, Math.min(dueMs, againMs));
    } else {
      this.#queue.add(0, visit);
      this.#startLooks();
    }
  }

  #startLooks(): void {
    if (this.#isStarting) return;
    this.#isStarting = true;
    while (this.#looks < this.options.maxLooks && this.#queue.size > 0 && !this.subscriber.closed) {
      this.#look(this.#queue.take() as Visit<T, S>);
    }
    this.#isStarting = false;
  }

  #look(visit: Visit<T, S>): void {
    this.#looks++;
    let isDone = false;
    const look = defer(() => this.options.look(visit.value, visit.state))
      .pipe(first())
      .subscribe({
        next: (state) => (visit.state = state),
        error: (error: unknown) => {
          this.subscriber.error(error);
        },
        complete: () => (isDone = true),
      });
    this.subscriber.add(look);
    // Added last: what the look holds is let go before the next one begins.
    look.add(() => {
      this.#looks--;
      if (isDone) this.#proceed(visit, true);
      this.#startLooks();
    });
  }
}
