import { Observable } from 'rxjs';
import type { PublicJwk } from '../model/ports.js';

/** What a key is kept as. Browsers keep the key itself: no script gets to its bytes. */
export interface SignerRecord {
  readonly name: string;
  readonly alg: string;
  readonly publicJwk: PublicJwk;
  readonly privateKey: CryptoKey;
}

const storeName = 'signers';

/**
 * One transaction with the store of a database, which is made where there is none. Emits what the request results in
 * when the transaction is over, so when it is on disk; unsubscribing before that takes it back.
 */
export const inStore = <T>(
  factory: IDBFactory,
  database: string,
  mode: IDBTransactionMode,
  use: (store: IDBObjectStore) => IDBRequest<T>,
): Observable<T> =>
  new Observable((subscriber) => {
    const fail = (error: unknown) => {
      subscriber.error(error);
    };
    const opening = factory.open(database, 1);
    let transaction: IDBTransaction | undefined;
    opening.onupgradeneeded = () => opening.result.createObjectStore(storeName, { keyPath: 'name' });
    opening.onerror = () => {
      fail(opening.error);
    };
    opening.onsuccess = () => {
      const connection = opening.result;
      try {
        if (!subscriber.closed) transaction = transact(connection);
      } catch (error) {
        fail(error);
      } finally {
        // It is closed once its transactions are over.
        connection.close();
      }
    };
    const transact = (connection: IDBDatabase): IDBTransaction => {
      const begun = connection.transaction(storeName, mode);
      const request = use(begun.objectStore(storeName));
      begun.oncomplete = () => {
        transaction = undefined;
        subscriber.next(request.result);
        subscriber.complete();
      };
      begun.onabort = () => {
        transaction = undefined;
        fail(begun.error ?? request.error);
      };
      return begun;
    };
    return () => transaction?.abort();
  });
