import { createServer } from 'node:net';
import { concatMap, map, Observable } from 'rxjs';
import { startDevCa } from 'rxacme/dev-ca';

/** A CA to obtain from, and how to reach it. */
export interface TestCa {
  readonly directoryUrl: string;
  /** What its own HTTPS, and the certificates that it issues, are to be verified with. */
  readonly caPem: string;
  /** Where it asks for the answer to http-01. */
  readonly httpPort: number;
}

/** Emits a port that nobody uses. */
const freePort = (): Observable<number> =>
  new Observable((subscriber) => {
    const server = createServer();
    server.once('error', (error) => subscriber.error(error));
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        subscriber.next(typeof address === 'object' && address !== null ? address.port : 0);
        subscriber.complete();
      });
    });
  });

/** Starts a development CA in this process, emits where it is, and stops it on unsubscription. */
export const testCa = (): Observable<TestCa> =>
  freePort().pipe(
    concatMap((httpPort) =>
      startDevCa({ httpPort }).pipe(map(({ directoryUrl, rootPem }) => ({ directoryUrl, caPem: rootPem, httpPort }))),
    ),
  );
