import { concat, concatMap, type Observable, of } from 'rxjs';
import type { IssuanceEvent } from '../model/events.js';
import type { AcmeAccount } from '../request/account.js';
import { getOrder } from '../resources/order.js';
import { fulfilOrder } from './fulfil-order.js';
import { checkedOptions, type Issuance, type IssuanceOptions } from './issuance.js';
import { orderEvent } from './obtain-certificate.js';

/**
 * Takes up an order from its URL and brings it to its certificate, from whatever status it has.
 *
 * Emits the same events as {@link obtainCertificate}, the first with `resumed`, and completes after
 * `certificate-issued`. Errors as {@link obtainCertificate} does; {@link AcmeOrderError} also where the order is
 * finalized and the key of its certificate is given by none of the options. Cost: one request for the order, then
 * what its status leaves to do. Throws `TypeError` on options that cannot work.
 *
 * @param url The `orderUrl` of the events of its first attempt.
 * @see RFC 8555 §7.4, §7.1.6
 */
export function resumeOrder(account: AcmeAccount, url: string, options: IssuanceOptions): Observable<IssuanceEvent> {
  if (!URL.canParse(url)) throw new TypeError(`resumeOrder: url must be the absolute URL of an order, found ${url}`);
  const checked = checkedOptions('resumeOrder', options);
  return getOrder(account, url).pipe(
    concatMap((order) => {
      const issuance: Issuance = { account, ...checked, identifiers: order.identifiers };
      return concat(of(orderEvent(issuance, order, true)), fulfilOrder(issuance, { order, finalizations: 0 }));
    }),
  );
}
