import { concat, concatMap, type Observable, of } from 'rxjs';
import { sameIdentifiers, toIdentifiers } from '../codec/identifier.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { IssuanceEvent, OrderCreated } from '../model/events.js';
import type { Identifier, IdentifierInput } from '../model/identifier.js';
import type { Order } from '../model/order.js';
import type { AcmeAccount } from '../request/account.js';
import { newOrder } from '../resources/order.js';
import { checkedRequest } from './finalize.js';
import { fulfilOrder } from './fulfil-order.js';
import { type CertificateRequest, checkedOptions, eventBase, type Issuance, type IssuanceOptions } from './issuance.js';

/** Options of {@link obtainCertificate}. */
export interface ObtainCertificateOptions extends IssuanceOptions {
  /** Host names and IP addresses. Names are converted to lower-case A-labels; `*.` in front asks for a wildcard. */
  readonly identifiers: readonly IdentifierInput[];
}

/**
 * Obtains a certificate: orders it, proves control over each name, finalizes the order and downloads the chain.
 *
 * Emits an {@link IssuanceEvent} for everything that happens, the first of which carries the order's URL to resume
 * it by, and completes after `certificate-issued`. Cold: each subscription orders another certificate.
 * Unsubscribing at any moment aborts the request under way, stops every timer and withdraws what was presented.
 *
 * Errors: {@link AcmeAuthorizationError} with every name that failed and why; {@link AcmeOrderError};
 * {@link AcmeUnsupportedError} where no solver fits; {@link AcmeTimeoutError} with the last state seen;
 * {@link AcmeInputError} for a CSR of other names or with the account's key, before any request;
 * {@link AcmeRateLimitedError} and other {@link AcmeProblemError}s; {@link AcmePortError} where a key store fails;
 * {@link AcmeProtocolError}, also where the certificate is not the one that was asked for;
 * {@link AcmeTransportError}. Cost: 2 S + 5 requests for S names, S of them less for each name that is authorized
 * already, and one for each further look at the order. Throws `TypeError` on options that cannot work.
 *
 * @see RFC 8555 §7.4, §7.5, §8
 */
export function obtainCertificate(account: AcmeAccount, options: ObtainCertificateOptions): Observable<IssuanceEvent> {
  const { identifiers: names, ...others } = options;
  const identifiers = toIdentifiers(names);
  const issuance: Issuance = { account, ...checkedOptions('obtainCertificate', others), identifiers };
  const request$: Observable<CertificateRequest | undefined> =
    issuance.csr === undefined ? of(undefined) : checkedRequest(issuance, issuance.csr);
  return request$.pipe(
    concatMap((request) =>
      newOrder(account, { identifiers }).pipe(concatMap((order) => fulfil(issuance, order, request))),
    ),
  );
}

function fulfil(issuance: Issuance, order: Order, request: CertificateRequest | undefined): Observable<IssuanceEvent> {
  if (!sameIdentifiers(order.identifiers, issuance.identifiers)) {
    const names = (list: readonly Identifier[]) => list.map(({ value }) => value).join(', ');
    throw new AcmeProtocolError(
      `${order.url}: asked for ${names(issuance.identifiers)}, the server made an order for ${names(order.identifiers)}`,
      { url: order.url },
    );
  }
  const progress = { order, finalizations: 0, ...(request === undefined ? {} : { request }) };
  return concat(of(orderEvent(issuance, order, false)), fulfilOrder(issuance, progress));
}

/** The first event of an issuance. */
export const orderEvent = (issuance: Issuance, order: Order, resumed: boolean): OrderCreated => ({
  type: 'order-created',
  ...eventBase(issuance, order),
  status: order.status,
  identifiers: order.identifiers,
  ...(order.expiresAt === undefined ? {} : { expiresAt: order.expiresAt }),
  resumed,
});
