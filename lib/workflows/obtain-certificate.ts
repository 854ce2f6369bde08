import { concat, concatMap, defer, type Observable, of } from 'rxjs';
import { sameIdentifiers, toIdentifiers } from '../codec/identifier.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { IssuanceEvent } from '../model/events.js';
import type { IdentifierInput } from '../model/identifier.js';
import type { Order } from '../model/order.js';
import type { AcmeAccount } from '../request/account.js';
import { refuseAccountKey } from '../resources/finalize.js';
import { newOrder } from '../resources/order.js';
import { checkedRequest, namesOf } from './certificate-request.js';
import { fulfilOrder } from './fulfil-order.js';
import { type CertificateRequest, type Issuance, orderEvent } from './issuance.js';
import { checkedOptions, type IssuanceOptions } from './issuance-options.js';
import { withOrderUrl } from './with-order-url.js';

/** Options of {@link obtainCertificate}. */
export interface ObtainCertificateOptions extends IssuanceOptions {
  /** Host names and IP addresses. Names are converted to lower-case A-labels; `*.` in front asks for a wildcard. */
  readonly identifiers: readonly IdentifierInput[];
}

/**
 * Obtains a certificate: orders it, proves control over each name, finalizes the order and downloads the chain.
 *
 * Emits an {@link IssuanceEvent} for each thing that happens, the first of which carries the order's URL to resume
 * it by, and completes after `certificate-issued`. Cold: each subscription orders another certificate.
 * Unsubscribing at any moment aborts the request under way, stops every timer and withdraws what was presented.
 *
 * Errors, with `orderUrl` once there is an order: {@link AcmeAuthorizationError} with every name that failed and why;
 * {@link AcmeOrderError}; {@link AcmeUnsupportedError} where no solver fits; {@link AcmeTimeoutError} with the last
 * state seen; {@link AcmeInputError} for a CSR of other names or a key that is the account's, before any request;
 * {@link AcmeRateLimitedError} and other {@link AcmeProblemError}s; {@link AcmePortError} where a key store fails;
 * {@link AcmeProtocolError}, also where the certificate is not the one that was asked for;
 * {@link AcmeTransportError}. Cost: 2 S + 5 requests for S names, 2 less for each name that is authorized already,
 * and one for each further look at the order. Throws `TypeError` on options that cannot work.
 *
 * @example
 * ```ts
 * const certificate$ = obtainCertificate(account, {
 *   identifiers: ['example.org', '*.example.org'],
 *   solvers: [dns01({ add: (record) => of(record.name), remove: (record) => of(record.name) })],
 * }).pipe(toCertificate());
 * ```
 *
 * @see RFC 8555 §7.4, §7.5, §8
 */
export function obtainCertificate(account: AcmeAccount, options: ObtainCertificateOptions): Observable<IssuanceEvent> {
  const { identifiers: names, ...others } = options;
  const identifiers = toIdentifiers(names);
  const { csr, ...checked } = checkedOptions('obtainCertificate', others);
  const issuance: Issuance = { account, ...checked, identifiers };
  const request$: Observable<CertificateRequest | undefined> = defer(() => {
    if (checked.options.key !== undefined) refuseAccountKey(account, checked.options.key.publicKey);
    return csr === undefined ? of(undefined) : checkedRequest(issuance, csr);
  });
  return request$.pipe(
    concatMap((request) =>
      newOrder(account, { identifiers }).pipe(
        concatMap((order) => fulfil(issuance, order, request).pipe(withOrderUrl(order.url))),
      ),
    ),
  );
}

const fulfil = (issuance: Issuance, order: Order, request: CertificateRequest | undefined): Observable<IssuanceEvent> =>
  defer(() => {
    if (!sameIdentifiers(order.identifiers, issuance.identifiers)) {
      throw new AcmeProtocolError(
        `${order.url}: asked for ${namesOf(issuance.identifiers)}, the server made an order for ${namesOf(order.identifiers)}`,
        { url: order.url },
      );
    }
    return concat(of(orderEvent(issuance, order, false)), fulfilOrder(issuance, { order, request, finalizations: 0 }));
  });
