import { Observable } from 'rxjs';

/** A CA to obtain from, and how to reach it. */
export interface TestCa {
  readonly directoryUrl: string;
  readonly caPem: string;
  readonly httpPort: number;
}

/** Starts a Pebble on this machine, emits where it is, and stops it on unsubscription. */
export const testCa = (): Observable<TestCa> =>
  new Observable<TestCa>((subscriber) => {
    const starting = import('../../spec/support/pebble.js').then(({ startPebble }) => startPebble());
    starting.then(
      (pebble) => {
        subscriber.next(pebble);
      },
      (error: unknown) => {
        subscriber.error(error);
      },
    );
    return () => {
      starting.then((pebble) => pebble.stop()).catch(() => undefined);
    };
  });
