import { defer, Observable, type ObservableInput } from 'rxjs';

/** A number of places for work, and a queue for the work that finds none free. */
export interface Slots {
  /**
   * Emits what `work` emits. `work` starts as soon as a place is free, at once where there is one, and gives the
   * place back when it completes, errors or is unsubscribed. First come, first served. Cost: none but the place.
   */
  run<T>(work: () => ObservableInput<T>): Observable<T>;
}

/** Makes `count` places. */
export function slots(count: number): Slots {
  let free = count;
  let draining = false;
  const queue = new Set<() => void>();
  const drain = () => {
    if (draining) return;
    draining = true;
    try {
      for (const start of queue) {
        if (free < 1) break;
        queue.delete(start);
        free--;
        start();
      }
    } finally {
      draining = false;
    }
  };
  const giveBack = () => {
    free++;
    drain();
  };
  return {
    run: <T>(work: () => ObservableInput<T>) =>
      new Observable<T>((subscriber) => {
        const start = () => {
          defer(work).subscribe(subscriber);
          // Added last: what `work` holds is let go before the place is.
          subscriber.add(giveBack);
        };
        subscriber.add(() => queue.delete(start));
        queue.add(start);
        drain();
      }),
  };
}
