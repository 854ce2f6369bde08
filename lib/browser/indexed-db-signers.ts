import { catchError, concatMap, defer, EMPTY, from, ignoreElements, map, type Observable, of, throwError } from 'rxjs';
import { AcmeError } from '../model/errors/acme-error.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmePortError } from '../model/errors/port-error.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { AcmeSigner, PublicJwk } from '../model/ports.js';
import { cryptoKeySigner } from '../signing/crypto-key-signer.js';
import { type GeneratedAlgorithm, generatedAlgorithms } from '../signing/exportable-signer.js';
import { generateRecord } from './generate-record.js';
import { inStore, type SignerRecord } from './indexed-db.js';

/** What can be told of a stored key without using it. */
export interface StoredSigner {
  /** What it was stored under. */
  readonly name: string;
  /** The JWS algorithm, such as `ES256`. */
  readonly alg: string;
  /** Its public half. */
  readonly publicJwk: PublicJwk;
}

/** Account keys by name. Each function is cold: a subscription looks again. */
export interface SignerStore {
  /** Emits the signer of that name and completes; completes without one where there is none. */
  find(name: string): Observable<AcmeSigner>;
  /** Makes a key, keeps it, and emits its signer. Errors with {@link AcmeInputError} where there is one of that name: no account is lost by mistake. Default: `ES256`. */
  generate(name: string, alg?: GeneratedAlgorithm): Observable<AcmeSigner>;
  /** Emits the signer of that name, of a new key where there is none. Two pages at a time get the same one. */
  findOrGenerate(name: string, alg?: GeneratedAlgorithm): Observable<AcmeSigner>;
  /** Emits what is there, by name, and completes. */
  list(): Observable<StoredSigner>;
  /** Deletes the key of that name, for good: its account can then no longer be used. Completes, also where there is none. */
  delete(name: string): Observable<never>;
}

/** Options of {@link indexedDbSigners}. */
export interface IndexedDbSignersOptions {
  /** The database's name. Default: `rxacme`. */
  readonly database?: string | undefined;
  /** Default: the page's own. */
  readonly indexedDB?: IDBFactory | undefined;
}

/**
 * Account keys in the browser's own storage, for one origin. They cannot be exported, not by the page either: a script
 * that gets into the page can sign while it is there, and takes no key away. Browsers may delete what pages store;
 * `navigator.storage.persist()` asks them not to.
 *
 * Emits nothing itself: the value is the store. Its streams error with {@link AcmeUnsupportedError} where the browser
 * has no such storage or makes no such keys, and with {@link AcmePortError}, `keyStore`, where it fails. Cost: no
 * request. Its functions throw `TypeError` on a name or an algorithm that is none.
 *
 * @example
 * ```ts
 * const account$ = indexedDbSigners()
 *   .findOrGenerate('acme')
 *   .pipe(concatMap((signer) => newAccount(session, { signer, termsOfServiceAgreed: true })));
 * ```
 *
 * @see RFC 8555 §6.2, §7.3
 */
export function indexedDbSigners({ database = 'rxacme', indexedDB }: IndexedDbSignersOptions = {}): SignerStore {
  const run = <T>(mode: IDBTransactionMode, use: (store: IDBObjectStore) => IDBRequest<T>): Observable<T> =>
    defer(() => inStore(factoryFor(indexedDB), database, mode, use)).pipe(storeFailure);
  const found = (name: string, otherwise: () => Observable<AcmeSigner> = () => EMPTY) =>
    run('readonly', (store) => store.get(name) as IDBRequest<SignerRecord | undefined>).pipe(
      concatMap((record) => (record === undefined ? otherwise() : of(signerOf(record)))),
      // What is stored there may be no key.
      storeFailure,
    );
  const add = (name: string, alg: GeneratedAlgorithm, whenTaken: () => Observable<AcmeSigner>) =>
    defer(() => generateRecord(name, alg)).pipe(
      // The key is made first: a transaction does not wait for what is no part of it.
      concatMap((record) => run('readwrite', (store) => store.add(record)).pipe(map(() => signerOf(record)))),
      catchError((error: unknown) => (isTaken(error) ? whenTaken() : throwError(() => error))),
      storeFailure,
    );
  return {
    find: (name) => {
      checkName(name);
      return found(name);
    },
    generate: (name, alg = 'ES256') => {
      checkNew(name, alg);
      const taken = `there is a key called ${name} already: find it, or delete it first`;
      return add(name, alg, () => throwError(() => new AcmeInputError(taken)));
    },
    findOrGenerate: (name, alg = 'ES256') => {
      checkNew(name, alg);
      return found(name, () => add(name, alg, () => found(name)));
    },
    list: () =>
      run('readonly', (store) => store.getAll() as IDBRequest<SignerRecord[]>).pipe(
        concatMap((records) => from(records)),
        map(({ name, alg, publicJwk }) => ({ name, alg, publicJwk })),
      ),
    delete: (name) => {
      checkName(name);
      return run('readwrite', (store) => store.delete(name)).pipe(ignoreElements());
    },
  };
}

const signerOf = ({ alg, privateKey, publicJwk }: SignerRecord): AcmeSigner =>
  cryptoKeySigner(alg, privateKey, publicJwk);

const isTaken = (error: unknown): boolean =>
  error instanceof AcmePortError && (error.cause as { name?: string } | null)?.name === 'ConstraintError';

const storeFailure = <T>(source$: Observable<T>): Observable<T> =>
  source$.pipe(
    catchError((error: unknown) =>
      throwError(() => (error instanceof AcmeError ? error : new AcmePortError('keyStore', error))),
    ),
  );

function factoryFor(given: IDBFactory | undefined): IDBFactory {
  const factory = given ?? (globalThis as { readonly indexedDB?: IDBFactory }).indexedDB;
  if (factory !== undefined) return factory;
  throw new AcmeUnsupportedError('indexedDbSigners: there is no IndexedDB here; it is for pages and workers');
}

function checkName(name: string): void {
  if (typeof name !== 'string' || name === '') throw new TypeError('indexedDbSigners: name must be some text');
}

function checkNew(name: string, alg: GeneratedAlgorithm): void {
  checkName(name);
  if (generatedAlgorithms.includes(alg)) return;
  throw new TypeError(`indexedDbSigners: algorithm "${alg as string}" is not one of ${generatedAlgorithms.join(', ')}`);
}
