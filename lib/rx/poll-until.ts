import {
  asyncScheduler,
  concatMap,
  defer,
  EMPTY,
  expand,
  map,
  type ObservableInput,
  of,
  type OperatorFunction,
  type SchedulerLike,
  throwError,
} from 'rxjs';
import { type Backoff, backoffMs } from './backoff.js';
import { deadline } from './deadline.js';
import { wait } from './wait.js';

/** The pace of a poll and its limits. All of it has defaults. */
export interface PollPace extends Partial<Backoff> {
  /** The longest wait that a server may ask for, in milliseconds; a longer one ends the poll at once. Default: {@link timeoutMs}. */
  readonly maxRetryAfterMs?: number;
  /** The longest that the whole poll may take, in milliseconds. Default: 300 000, five minutes. */
  readonly timeoutMs?: number;
}

/** Options of {@link pollUntil}. */
export interface PollUntilOptions<T, R> extends PollPace {
  /** Looks again. */
  readonly read: (last: T) => ObservableInput<T>;
  /** Whether no further look is needed. */
  readonly settled: (look: T) => boolean;
  /** How long the server asks to wait after this look, in milliseconds. */
  readonly retryAfterMs: (look: T) => number | undefined;
  /** Makes the error when time is over. `nextLookMs`: the wait that the server asked for and there was no time for. */
  readonly onTimeout: (last: T, nextLookMs: number | undefined) => unknown;
  /** What to emit for a look. `nextLookMs`: the wait until the next one; absent after the last. */
  readonly select: (look: T, nextLookMs: number | undefined) => R;
  readonly scheduler?: SchedulerLike;
  readonly random?: () => number;
}

const defaultPace = { firstMs: 250, factor: 1.5, maxMs: 10_000, jitter: 0.1, timeoutMs: 300_000 };

/**
 * Looks until it is settled. Each source value counts as the last look, so that what is already known is not asked
 * again and its `Retry-After` is honoured.
 *
 * Emits every look, the source's own first; completes after the one that is settled. Errors with `onTimeout` when
 * the time is over, or at once when the server asks for a wait that is longer than what is left or allowed; and with
 * what `read` errors with. A `Retry-After` of zero leaves the pace to the backoff: 250 ms, growing by 1.5 to 10 s,
 * give or take ten percent. Cost: one `read` and one timer per look after the first.
 *
 * @see RFC 8555 §7.4, §7.5.1
 */
export const pollUntil = <T, R>(options: PollUntilOptions<T, R>): OperatorFunction<T, R> =>
  concatMap((first) => poll(first, options));

interface Look<T> {
  readonly value: T;
  /** Whether the wait is the server's wish. */
  readonly asked: boolean;
  readonly nextMs: number | undefined;
}

const poll = <T, R>(first: T, options: PollUntilOptions<T, R>) =>
  defer(() => {
    const { scheduler = asyncScheduler, random = Math.random, read, settled, onTimeout } = options;
    const pace = { ...defaultPace, ...defined(options) };
    const endsAt = scheduler.now() + pace.timeoutMs;
    const look = (value: T, attempt: number): Look<T> => {
      const askedMs = options.retryAfterMs(value) ?? 0;
      const asked = askedMs > 0;
      return { value, asked, nextMs: settled(value) ? undefined : asked ? askedMs : backoffMs(attempt, pace, random) };
    };
    const again = ({ value, asked, nextMs }: Look<T>, attempt: number) => {
      if (nextMs === undefined) return EMPTY;
      // A look at the very end of the time would come to nothing.
      const tooLong = nextMs > (pace.maxRetryAfterMs ?? Infinity) || nextMs >= endsAt - scheduler.now();
      if (asked && tooLong) return throwError(() => onTimeout(value, nextMs));
      return wait(nextMs, scheduler).pipe(
        concatMap(() => read(value)),
        map((next) => look(next, attempt + 1)),
      );
    };
    return of(look(first, 0)).pipe(
      expand(again, 1),
      deadline({ forMs: pace.timeoutMs, scheduler, onTimeout: (last) => onTimeout(last?.value ?? first, undefined) }),
      map(({ value, nextMs }) => options.select(value, nextMs)),
    );
  });

const defined = (pace: PollPace): PollPace =>
  Object.fromEntries(Object.entries(pace).filter(([, value]) => value !== undefined));
