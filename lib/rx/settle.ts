import { catchError, last, map, of, type OperatorFunction } from 'rxjs';

/** How a stream ended, and which one it was. */
export type Settled<T, I = undefined> =
  | { readonly status: 'fulfilled'; readonly id: I; readonly value: T }
  | { readonly status: 'rejected'; readonly id: I; readonly error: unknown };

/**
 * Makes a value of how a stream ends, so that one failure among many ends nothing.
 *
 * Emits once, when the source ends, then completes: the source's last value, or its error. A source that completes
 * without a value has failed, with RxJS's `EmptyError`. Never errors. Cost: none.
 */
export function settle<T>(): OperatorFunction<T, Settled<T>>;
/**
 * Makes a value of how a stream ends, and says which one it was.
 *
 * Emits once, when the source ends, then completes. Never errors. Cost: none.
 *
 * @param id Says which stream it was.
 */
export function settle<T, I>(id: I): OperatorFunction<T, Settled<T, I>>;
export function settle<T, I>(id?: I): OperatorFunction<T, Settled<T, I | undefined>> {
  return (source) =>
    source.pipe(
      last(),
      map((value): Settled<T, I | undefined> => ({ status: 'fulfilled', id, value })),
      catchError((error: unknown) => of({ status: 'rejected', id, error } as const)),
    );
}
