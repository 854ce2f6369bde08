import { concat, concatMap, defer, type Observable, of } from 'rxjs';
import type { IssuanceEvent } from '../model/events.js';
import { type AcmeAccount, checkUrl } from '../request/account.js';
import { refuseAccountKey } from '../resources/finalize.js';
import { getOrder } from '../resources/order.js';
import { checkedRequest } from './certificate-request.js';
import { fulfilOrder } from './fulfil-order.js';
import { type CertificateRequest, type Issuance, orderEvent } from './issuance.js';
import { checkedOptions, type IssuanceOptions } from './issuance-options.js';
import { withOrderUrl } from './with-order-url.js';

/**
 * Takes up an order from its URL and brings it to its certificate, from whatever status it has.
 *
 * Emits the same events as {@link obtainCertificate}, the first with `resumed`, and completes after
 * `certificate-issued`. Errors as {@link obtainCertificate} does; {@link AcmeOrderError} also where the order is
 * finalized and the key of its certificate is given by none of the options. Cost: one request for the order, then
 * what its status leaves to do. Throws `TypeError` on options that cannot work.
 *
 * An order that cannot go on, or whose key is gone, is not made again by itself. Whoever wants that says so:
 *
 * @example
 * ```ts
 * const options = { solvers: [dns01({ add: (record) => of(record.name), remove: (record) => of(record.name) })] };
 * const issued$ = resumeOrder(account, 'https://ca.example/order/1', options).pipe(
 *   catchError((error: unknown) => {
 *     if (!(error instanceof AcmeOrderError)) return throwError(() => error);
 *     return obtainCertificate(account, { ...options, identifiers: error.order.identifiers });
 *   }),
 * );
 * ```
 *
 * @param url The `orderUrl` of the events of its first attempt.
 * @see RFC 8555 §7.4, §7.1.6
 */
export function resumeOrder(account: AcmeAccount, url: string, options: IssuanceOptions): Observable<IssuanceEvent> {
  checkUrl('resumeOrder', url);
  const { csr, ...checked } = checkedOptions('resumeOrder', options);
  const { key } = checked.options;
  return defer(() => {
    if (key !== undefined) refuseAccountKey(account, key.publicKey);
    return getOrder(account, url);
  }).pipe(
    concatMap((order) => {
      const issuance: Issuance = { account, ...checked, identifiers: order.identifiers };
      const request$: Observable<CertificateRequest | undefined> =
        csr === undefined ? of(undefined) : checkedRequest(issuance, csr);
      return concat(
        of(orderEvent(issuance, order, true)),
        request$.pipe(concatMap((request) => fulfilOrder(issuance, { order, request, finalizations: 0 }))),
      );
    }),
    withOrderUrl(url),
  );
}
