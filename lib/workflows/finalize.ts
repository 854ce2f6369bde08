import {
  catchError,
  concat,
  concatMap,
  defaultIfEmpty,
  defer,
  from,
  ignoreElements,
  endWith,
  map,
  type Observable,
  of,
  take,
  throwError,
} from 'rxjs';
import { sameIdentifiers } from '../codec/identifier.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmeOrderError } from '../model/errors/order-error.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import { acmeErrorNamespace } from '../model/problem.js';
import type { IssuanceEvent } from '../model/events.js';
import type { CertificateKey } from '../model/ports.js';
import { callPort, runPort } from '../request/port.js';
import { getOrder, postFinalize, refuseAccountKey } from '../resources/order.js';
import { backoffMs } from '../rx/backoff.js';
import { wait } from '../rx/wait.js';
import { type CertificateRequest, eventBase, type Issuance, type Progress, progressed, type Step } from './issuance.js';

const backoff = { firstMs: 250, factor: 2, maxMs: 10_000, jitter: 0.1 };
const maxFinalizations = 4;

/**
 * Takes an order out of `ready`: makes the certificate request where there is none yet, has its key stored, and
 * sends it. A server that says `ready` again after that is given time and read before anything is sent again.
 *
 * @see RFC 8555 §7.4
 */
export function finalize(issuance: Issuance, progress: Progress): Observable<Step> {
  const { order, request, finalizations } = progress;
  if (finalizations > 0) return finalizeAgain(issuance, progress);
  const ready = { type: 'order-ready', ...eventBase(issuance, order) } as const;
  return concat(
    of(ready),
    request === undefined ? requested(issuance, progress) : sendRequest(issuance, progress, request),
  );
}

function finalizeAgain(issuance: Issuance, progress: Progress): Observable<Step> {
  const { order, request, finalizations } = progress;
  const { session } = issuance.account;
  if (finalizations >= maxFinalizations) {
    return throwError(
      () =>
        new AcmeOrderError(
          `the order stays "ready" although it was finalized ${finalizations} times; try again later`,
          order,
          { url: order.url },
        ),
    );
  }
  return wait(backoffMs(finalizations - 1, backoff, session.random), session.scheduler).pipe(
    concatMap(() => getOrder(issuance.account, order.url)),
    concatMap((look) =>
      look.status === 'ready' && request !== undefined
        ? sendRequest(issuance, { ...progress, order: look }, request)
        : of(progressed(progress, { order: look })),
    ),
  );
}

function requested(issuance: Issuance, progress: Progress): Observable<Step> {
  const { csr, account } = issuance;
  if (csr !== undefined) {
    return checkedRequest(issuance, csr).pipe(concatMap((request) => sendRequest(issuance, progress, request)));
  }
  const { certificateRequestBuilder } = account.session.state;
  return certificateKey(issuance, progress).pipe(
    concatMap((key) => {
      refuseAccountKey(account, key.publicKey);
      return concat(
        storeKey(issuance, progress, key),
        callPort('certificateRequestBuilder', () => certificateRequestBuilder(key, issuance.identifiers)).pipe(
          concatMap((der) => sendRequest(issuance, progress, { csr: der, publicKey: key.publicKey, key })),
        ),
      );
    }),
  );
}

/**
 * Reads a caller's CSR. Errors: {@link AcmeInputError} where it is for other names or holds the account's key.
 *
 * @see RFC 8555 §7.4, §11.1
 */
export const checkedRequest = (issuance: Issuance, csr: Uint8Array): Observable<CertificateRequest> => {
  const { account, identifiers } = issuance;
  return callPort('certificateReader', () => account.session.state.certificateReader.readRequest(csr)).pipe(
    map((details) => {
      refuseAccountKey(account, details.publicKey);
      if (sameIdentifiers(details.identifiers, identifiers)) return { csr, publicKey: details.publicKey };
      const names = (list: typeof identifiers) => list.map(({ value }) => value).join(', ') || 'none';
      throw new AcmeInputError(
        `the CSR is for ${names(details.identifiers)}, the order for ${names(identifiers)}; they must be the same`,
      );
    }),
  );
};

/** The caller's key, the one that was stored for this order, or a new one. */
function certificateKey(issuance: Issuance, progress: Progress): Observable<CertificateKey> {
  const { keyGenerator } = issuance.account.session.state;
  return knownKey(issuance, progress).pipe(
    concatMap((key) =>
      key === undefined ? callPort('keyGenerator', () => keyGenerator(issuance.options.keyType ?? 'P-256')) : of(key),
    ),
  );
}

/** Emits the key of an order where it is known here, else `undefined`. */
export function knownKey({ options }: Issuance, { order }: Progress): Observable<CertificateKey | undefined> {
  const { key, keyStore } = options;
  if (key !== undefined || keyStore?.load === undefined) return of(key);
  return runPort('keyStore', () => keyStore.load?.(order.url) ?? []).pipe(take(1), defaultIfEmpty(undefined));
}

function storeKey(issuance: Issuance, { order }: Progress, key: CertificateKey): Observable<IssuanceEvent> {
  const { keyStore } = issuance.options;
  if (keyStore === undefined) return from([]);
  return runPort('keyStore', () => keyStore.save(order.url, key)).pipe(
    ignoreElements(),
    endWith(undefined),
    map(() => ({ type: 'key-stored', ...eventBase(issuance, order) })),
  );
}

/** A server that is not ready after all is asked what the order's status is; the next step acts on that. */
const sendRequest = (issuance: Issuance, progress: Progress, request: CertificateRequest): Observable<Step> =>
  defer(() => postFinalize(issuance.account, progress.order, request.csr)).pipe(
    concatMap((order): Observable<Step> => {
      const finalizations = progress.finalizations + 1;
      const event = { type: 'order-finalized', ...eventBase(issuance, order), status: order.status } as const;
      return of(event, progressed(progress, { order, request, finalizations }));
    }),
    catchError((error: unknown) =>
      isNotReady(error)
        ? getOrder(issuance.account, progress.order.url).pipe(
            map((order) => progressed(progress, { order, request, finalizations: progress.finalizations + 1 })),
          )
        : throwError(() => error),
    ),
  );

const isNotReady = (error: unknown): boolean =>
  error instanceof AcmeProblemError && error.problem.type === `${acmeErrorNamespace}orderNotReady`;
