import {
  catchError,
  concat,
  concatMap,
  EMPTY,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  tap,
  throwError,
} from 'rxjs';
import { defined } from '../codec/defined.js';
import { encodePem } from '../codec/pem.js';
import { AcmeAuthorizationError } from '../model/errors/authorization-error.js';
import { AcmeOrderError } from '../model/errors/order-error.js';
import type { AcmePortError } from '../model/errors/port-error.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import type { FallbackEvent, OrderCreated } from '../model/events.js';
import type { Journal, OrderEntry } from '../model/journal.js';
import type { AcmeAccount } from '../request/account.js';
import { bracket } from '../rx/bracket.js';
import { checkJournal, enter, leave, runJournal } from '../solvers/journal/under-way.js';
import { withOrderUrl } from './with-order-url.js';

/** Options of {@link recordOrders}: what resuming an order needs beside its URL. An {@link OrderEntry} will do. */
export interface RecordOrdersOptions {
  /** What the application calls the certificate's key. */
  readonly keyReference?: string | undefined;
  /** The request that the order was made with, PEM or DER. */
  readonly csr?: string | Uint8Array | undefined;
}

/** The order that a stream is at. */
interface UnderWay {
  url?: string;
  /** The order that is to be forgotten. */
  over?: string;
}

/**
 * Writes down each order of the stream while it is under way, so that a later process finds it by {@link abandonedOrders}
 * and resumes it.
 *
 * Emits what the source emits; `order-created` when the order is written, while the source goes on. Its entry is erased when the stream ends after
 * `certificate-issued`, when the order has come to nothing, and when the stream goes on with another order; it stays where
 * the stream is unsubscribed before, or errors with something that another try may get over. What keeps the certificate
 * belongs in front of it, so that no order is forgotten whose certificate is not safe. Errors with what the source errors
 * with; {@link AcmePortError} where an order cannot be written. An entry that cannot be erased goes to the session's
 * `onDetachedError`. Cost: one `write` and one `erase`, no request. Throws `TypeError` on what is no journal.
 *
 * @example
 * ```ts
 * declare const journal: Journal;
 * const options = { identifiers: ['example.org'], solvers: [] };
 * const events$ = obtainCertificate(account, options).pipe(recordOrders(account, journal));
 * ```
 *
 * @see RFC 8555 §7.4
 */
export function recordOrders<Event extends FallbackEvent>(
  account: AcmeAccount,
  journal: Journal,
  options: RecordOrdersOptions = {},
): MonoTypeOperatorFunction<Event> {
  checkJournal('recordOrders', journal);
  const { scheduler, state } = account.session;
  const erased = (url: string) =>
    runJournal(() => journal.erase(url)).pipe(
      catchError((error: unknown) => {
        state.onDetachedError(error as AcmePortError);
        return EMPTY;
      }),
    );
  const written = (at: UnderWay, event: Event & OrderCreated): Observable<Event> => {
    const { url: earlier } = at;
    const { orderUrl } = event;
    at.url = orderUrl;
    enter(journal, orderUrl);
    if (earlier !== undefined) leave(journal, earlier);
    return concat(
      runJournal(() => journal.write(entryOf(account, event, options))).pipe(withOrderUrl(orderUrl)),
      earlier === undefined || earlier === orderUrl ? EMPTY : erased(earlier),
      of(event),
    );
  };
  return (source) =>
    bracket<UnderWay, Event>({
      acquire: () => of<UnderWay>({}),
      use: (at) =>
        source.pipe(
          concatMap((event) =>
            event.type === 'order-created' ? written(at, event as Event & OrderCreated) : of(event),
          ),
          tap((event) => {
            if (event.type === 'certificate-issued') at.over = event.orderUrl;
          }),
          catchError((error: unknown) => {
            Object.assign(at, defined({ over: cameToNothing(error) }));
            return throwError(() => error);
          }),
        ),
      release: ({ url, over } = {}) => {
        if (url !== undefined) leave(journal, url);
        return over === undefined ? EMPTY : erased(over);
      },
      onDetachedError: (error) => {
        state.onDetachedError(error as AcmePortError);
      },
      scheduler,
    });
}

function entryOf(account: AcmeAccount, event: OrderCreated, { keyReference, csr }: RecordOrdersOptions): OrderEntry {
  const { orderUrl, identifiers, expiresAt } = event;
  return defined({
    type: 'order' as const,
    id: orderUrl,
    at: event.at,
    orderUrl,
    accountUrl: account.url,
    identifiers,
    expiresAt,
    keyReference,
    csr: csr instanceof Uint8Array ? encodePem('CERTIFICATE REQUEST', csr) : csr,
  });
}

/** The order of which nothing can come any more, by the error that it ended with. */
function cameToNothing(error: unknown): string | undefined {
  const isOver =
    error instanceof AcmeAuthorizationError ||
    (error instanceof AcmeOrderError && !['pending', 'ready', 'processing'].includes(error.order.status)) ||
    (error instanceof AcmeProblemError && error.status === 404 && error.url === error.orderUrl);
  return isOver ? error.orderUrl : undefined;
}
