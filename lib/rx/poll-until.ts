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
import { endedBy } from './deadline.js';
import { wait } from './wait.js';

/** The pace of a poll and its limits. All of it has defaults. */
export interface PollPace {
  /** The first wait where the server asks for none, in milliseconds. Default: 250. */
  readonly firstMs?: number | undefined;
  /** Each such wait is this many times the one before. Default: 1.5. */
  readonly factor?: number | undefined;
  /** No such wait is longer, in milliseconds, before jitter. Default: 10 000. */
  readonly maxMs?: number | undefined;
  /** The part of such a wait that chance adds or takes away. Default: 0.1. */
  readonly jitter?: number | undefined;
  /** The longest wait that a server may ask for, in milliseconds; a longer one ends the poll at once. Default: {@link timeoutMs}. */
  readonly maxRetryAfterMs?: number | undefined;
  /** The longest that the whole poll may take, in milliseconds. Default: 300 000, five minutes. */
  readonly timeoutMs?: number | undefined;
}

/** Options of {@link pollUntil}. */
export interface PollUntilOptions<T, R = T> extends PollPace {
  /** Looks again. */
  readonly read: (last: T) => ObservableInput<T>;
  /** Whether no further look is needed. */
  readonly settled: (look: T) => boolean;
  /** Makes the error when time is over. `nextLookMs`: the wait that the server asked for and there was no time for. */
  readonly onTimeout: (last: T, nextLookMs: number | undefined) => unknown;
  /** How long the server asks to wait after this look, in milliseconds. Default: its member `retryAfterMs`. */
  readonly retryAfterMs?: ((look: T) => number | undefined) | undefined;
  /** What to emit for a look. `nextLookMs`: the wait until the next one; absent after the last. Default: the look. */
  readonly select?: ((look: T, nextLookMs: number | undefined) => R) | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** Returns 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/**
 * Looks until it is settled. Each source value counts as the last look, so that what is already known is not asked
 * again and its `Retry-After` is honoured.
 *
 * Emits every look, the source's own first; completes after the one that is settled. Errors with `onTimeout` when
 * the time is over, or at once when the server asks for a wait that is longer than what is left or allowed; and with
 * what `read` errors with. A `Retry-After` of zero leaves the pace to the backoff: 250 ms, growing by 1.5 to 10 s,
 * give or take ten percent. Cost: one `read` and one timer per look after the first. Throws `TypeError` on a pace that
 * is not made of numbers.
 *
 * @example
 * ```ts
 * const order$ = getOrder(account, 'https://ca.example/order/1').pipe(
 *   pollUntil({
 *     ...pollPorts<Order>(session, 'the order'),
 *     read: ({ url }) => getOrder(account, url),
 *     settled: isOrderSettled,
 *   }),
 * );
 * ```
 *
 * @see RFC 8555 §7.4, §7.5.1
 */
export function pollUntil<T, R = T>(options: PollUntilOptions<T, R>): OperatorFunction<T, R> {
  checkPace('pollUntil', options);
  return concatMap((first) => poll(first, options));
}

/** Throws `TypeError` on a pace that is not made of numbers that are not negative, and on such `others` of its members. */
export function checkPace(what: string, pace: PollPace = {}, others: readonly string[] = []): void {
  for (const name of ['firstMs', 'factor', 'maxMs', 'jitter', 'maxRetryAfterMs', 'timeoutMs', ...others]) {
    const value = (pace as Readonly<Record<string, unknown>>)[name];
    if (value === undefined || (typeof value === 'number' && value >= 0)) continue;
    throw new TypeError(`${what}: ${name} must be a number that is not negative, found ${JSON.stringify(value)}`);
  }
}

interface Look<T> {
  readonly value: T;
  /** Whether the wait is the server's wish. */
  readonly asked: boolean;
  readonly nextMs: number | undefined;
}

const poll = <T, R>(first: T, options: PollUntilOptions<T, R>) =>
  defer(() => {
    const { scheduler = asyncScheduler, read, onTimeout, timeoutMs = 300_000, maxRetryAfterMs = Infinity } = options;
    const select = options.select ?? ((look: T) => look as unknown as R);
    const endsAt = scheduler.now() + timeoutMs;
    const look = looker(options);
    const again = ({ value, asked, nextMs }: Look<T>, attempt: number) => {
      if (nextMs === undefined) return EMPTY;
      // A look at the very end of the time would come to nothing.
      const tooLong = nextMs > maxRetryAfterMs || nextMs >= endsAt - scheduler.now();
      if (asked && tooLong) return throwError(() => onTimeout(value, nextMs));
      return wait(nextMs, scheduler).pipe(
        concatMap(() => read(value)),
        map((next) => look(next, attempt + 1)),
      );
    };
    return of(look(first, 0)).pipe(
      expand(again, 1),
      endedBy(wait(timeoutMs, scheduler), (last) => onTimeout(last?.value ?? first, undefined)),
      map(({ value, nextMs }) => select(value, nextMs)),
    );
  });

function looker<T, R>(options: PollUntilOptions<T, R>): (value: T, attempt: number) => Look<T> {
  const { firstMs = 250, factor = 1.5, maxMs = 10_000, jitter = 0.1, random = Math.random } = options;
  const backoff: Backoff = { firstMs, factor, maxMs, jitter };
  const retryAfterMs = options.retryAfterMs ?? ((look: T) => (look as { retryAfterMs?: number }).retryAfterMs);
  return (value, attempt) => {
    const askedMs = retryAfterMs(value) ?? 0;
    const asked = askedMs > 0;
    const nextMs = options.settled(value) ? undefined : asked ? askedMs : backoffMs(attempt, backoff, random);
    return { value, asked, nextMs };
  };
}
