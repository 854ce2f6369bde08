import { concat, concatMap, defaultIfEmpty, defer, EMPTY, ignoreElements, map, type Observable, of, take } from 'rxjs';
import { namesFit } from '../codec/requestable.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { KeyStored } from '../model/events.js';
import { valuesOf } from '../model/identifier.js';
import type { Order } from '../model/order.js';
import type { CertificateKey } from '../model/ports.js';
import { callPort, runPort } from '../request/port.js';
import { refuseAccountKey } from '../resources/finalize.js';
import { type CertificateRequest, eventBase, type Issuance } from './issuance.js';

/**
 * Reads a caller's CSR. Errors: {@link AcmeInputError} where it is for other names or holds the account's key.
 *
 * @see RFC 8555 §7.4, §11.1
 */
export const checkedRequest = (
  { account, identifiers }: Issuance,
  csr: string | Uint8Array,
): Observable<CertificateRequest> =>
  callPort('certificateReader', () => account.session.state.certificateReader.readRequest(csr)).pipe(
    map((details) => {
      refuseAccountKey(account, details.publicKey);
      if (namesFit(details.identifiers, identifiers)) return { csr: details.der, publicKey: details.publicKey };
      throw new AcmeInputError(
        `the CSR is for ${valuesOf(details.identifiers)}, the order for ${valuesOf(identifiers)}; they must be the same`,
      );
    }),
  );

/** Emits the key of an order where it is known here, else `undefined`. */
export const knownKey = (
  { options }: Issuance,
  { url }: Pick<Order, 'url'>,
): Observable<CertificateKey | undefined> => {
  const { key, keyStore } = options;
  if (key !== undefined || keyStore?.load === undefined) return of(key);
  return runPort('keyStore', () => keyStore.load?.(url) ?? EMPTY).pipe(
    take(1),
    defaultIfEmpty(undefined),
    map((found: CertificateKey | null | undefined) => found ?? undefined),
  );
};

/**
 * Makes the request for an order: with the key that is known for it, or with a new one, which is stored before anybody
 * can issue for it.
 *
 * Emits `key-stored` where there is a key store, then the request.
 */
export const madeRequest = (issuance: Issuance, order: Order): Observable<KeyStored | CertificateRequest> => {
  const { account, options, identifiers } = issuance;
  const { keyGenerator, certificateRequestBuilder, identifierTypes } = account.session.state;
  const { mustStaple } = options;
  return knownKey(issuance, order).pipe(
    concatMap((known) =>
      known === undefined ? callPort('keyGenerator', () => keyGenerator(options.keyType ?? 'P-256')) : of(known),
    ),
    concatMap((key) => {
      refuseAccountKey(account, key.publicKey);
      return concat(
        stored(issuance, order, key),
        callPort('certificateRequestBuilder', () =>
          certificateRequestBuilder(key, identifiers, { mustStaple, identifierTypes }),
        ).pipe(map((csr) => ({ csr, publicKey: key.publicKey, key }))),
      );
    }),
  );
};

function stored(issuance: Issuance, order: Order, key: CertificateKey): Observable<KeyStored> {
  const { keyStore } = issuance.options;
  if (keyStore === undefined) return EMPTY;
  return concat(
    runPort('keyStore', () => keyStore.save(order.url, key)).pipe(ignoreElements()),
    defer(() => of<KeyStored>({ type: 'key-stored', ...eventBase(issuance, order) })),
  );
}
