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
 * when the transaction is over, so when it is on disk: an account whose key is lost is lost with it. Unsubscribing
 * before that takes it back, unless it is being committed.
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
      const begun = connection.transaction(storeName, mode, { durability: 'strict' });
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
    return () => {
      try {
        transaction?.abort();
      } catch {
        // It is being committed: nothing can take that back.
      }
    };
  });
