import { defer, Observable, type ObservableInput, type Subscriber } from 'rxjs';

/** A number of places for work, and a queue for the work that finds none free. */
export interface Slots {
  /**
   * Emits what `work` emits. `work` starts as soon as a place is free and the door lets it in, at once where they do,
   * and gives the place back when it completes, errors or is unsubscribed. First come, first served. Cost: none but
   * the place.
   */
  readonly run: <T>(work: () => ObservableInput<T>) => Observable<T>;
  /** How much work is in the queue. */
  readonly waiting: () => number;
  /** Starts what may start. */
  readonly drain: () => void;
  /** Errors all that is in the queue. */
  readonly refuse: (error: () => unknown) => void;
}

/** What work has to pass beside finding a place. */
export interface Door {
  /** Whether the first in the queue may start; then it does. A door that says no calls `drain` when it may. */
  readonly admits: () => boolean;
  /** It does start. */
  readonly entered: () => void;
  /** Nobody waits any more: the last one was unsubscribed or refused. */
  readonly left: () => void;
}

const nothing = () => undefined;
const openDoor: Door = { admits: () => true, entered: nothing, left: nothing };

/** Makes so many places. */
export function slots(free: number, door = openDoor): Slots {
  const queue = new Map<Subscriber<never>, () => void>();
  let isDraining = false;
  const drain = () => {
    if (isDraining) return;
    isDraining = true;
    try {
      for (const [subscriber, start] of queue) {
        if (free < 1 || !door.admits()) break;
        queue.delete(subscriber);
        free--;
        door.entered();
        start();
      }
    } finally {
      isDraining = false;
    }
  };
  const giveBack = () => {
    free++;
    drain();
  };
  return {
    run: <T>(work: () => ObservableInput<T>) =>
      new Observable<T>((subscriber) => {
        subscriber.add(() => {
          if (queue.delete(subscriber) && queue.size === 0) door.left();
        });
        queue.set(subscriber, () => {
          // It may have left as it was let in.
          if (!subscriber.closed) defer(work).subscribe(subscriber);
          // Added last: what `work` holds is let go before the place is.
          subscriber.add(giveBack);
        });
        drain();
      }),
    waiting: () => queue.size,
    drain,
    refuse(error) {
      // Also those who come back within it.
      for (const subscriber of queue.keys()) subscriber.error(error());
    },
  };
}
