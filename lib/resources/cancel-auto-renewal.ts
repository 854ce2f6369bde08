import { map, type Observable } from 'rxjs';
import { decodeOrder } from '../codec/decode-order.js';
import { parseJson } from '../codec/json.js';
import type { Order } from '../model/order.js';
import type { AcmeAccount } from '../request/account.js';
import { decode } from '../request/decode.js';
import type { AcmeResponse } from '../request/response.js';
import { cameTrue } from './came-true.js';
import { postAsGet, signedPost } from './post-as-get.js';

/**
 * Ends the automatic renewal of an order: no further certificate is issued, and the one that there is can no longer be
 * fetched. It stays valid until its end; such certificates are not revoked.
 *
 * Emits once: the order, its status `canceled`; then completes. When the answer is lost or a server's failure, the order
 * is read: it is the answer if it is canceled, else the request is sent again.
 *
 * Errors: {@link AcmeProblemError} (`autoRenewalCancellationInvalid` where the order is no longer valid);
 * {@link AcmeProtocolError} if the reply is not an order, or one that is not canceled; {@link AcmeTransportError}. Cost: one POST, one nonce. Throws
 * `TypeError` on an order that is not valid: before that there is nothing to be ended.
 *
 * @example
 * ```ts
 * const canceled$ = getOrder(account, 'https://ca.example/order/1').pipe(
 *   concatMap((order) => cancelAutoRenewal(account, order)),
 * );
 * ```
 *
 * @see RFC 8739 §3.1.2
 */
export function cancelAutoRenewal(account: AcmeAccount, order: Pick<Order, 'url' | 'status'>): Observable<Order> {
  const { url, status } = order;
  if (status !== 'valid') {
    throw new TypeError(`cancelAutoRenewal: only an order that is valid can be canceled, this one is ${status}`);
  }
  return signedPost(account, url, { status: 'canceled' }, () => canceled(account, url)).pipe(
    map((response) => ({ ...response, url })),
    decode(decodeOrder),
    cameTrue('canceled', ['cancellation', 'order']),
  );
}

/** Emits the order, as an answer, where it is canceled. */
const canceled = (account: AcmeAccount, url: string): Observable<AcmeResponse | undefined> =>
  postAsGet(account, url).pipe(
    map((response) => {
      const { status } = decodeOrder({ ...response, raw: parseJson(response.body, url) });
      return status === 'canceled' ? response : undefined;
    }),
  );
