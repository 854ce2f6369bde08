import { defer, finalize, type Observable, type ObservableInput } from 'rxjs';
import { type Slots, slots } from '../../rx/slots.js';

/** Work of the same name is done one after another, other work at the same time, up to a number in all. */
export interface Turns {
  /** Emits what `work` emits. `work` starts when all that came before it under this name is over and a place is free. */
  run<T>(name: string, work: () => ObservableInput<T>): Observable<T>;
}

/** Makes a queue for each name, and `atATime` places for all of them. */
export function turns(atATime: number): Turns {
  const places = slots(atATime);
  const queues = new Map<string, { readonly turn: Slots; users: number }>();
  return {
    run: (name, work) =>
      defer(() => {
        const queue = queues.get(name) ?? { turn: slots(1), users: 0 };
        queues.set(name, queue);
        queue.users++;
        return queue.turn
          .run(() => places.run(work))
          .pipe(
            finalize(() => {
              if (--queue.users === 0) queues.delete(name);
            }),
          );
      }),
  };
}
