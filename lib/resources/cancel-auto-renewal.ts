import { map, type Observable, tap } from 'rxjs';
import { decodeOrder } from '../codec/decode-order.js';
import { parseJson } from '../codec/json.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { Order } from '../model/order.js';
import type { AcmeAccount } from '../request/account.js';
import { decode } from '../request/decode.js';
import type { AcmeResponse } from '../request/response.js';
import { postAsGet } from './post-as-get.js';
import { postOnce } from './post-once.js';

/**
 * Ends the automatic renewal of an order: no further certificate is issued, and the one that there is can no longer be
 * fetched. It stays valid until its end; such certificates are not revoked.
 *
 * Emits once: the order, its status `canceled`; then completes. When the answer is lost, the order is read: it is the
 * answer if it is canceled, else the request is sent again.
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
  return postOnce(account, url, { status: 'canceled' }, () => canceled(account, url)).pipe(
    map((response) => ({ ...response, url })),
    decode(decodeOrder),
    tap(checkCanceled),
  );
}

/** Whoever believes that it is over does not look again. */
function checkCanceled({ url, status }: Order): void {
  if (status === 'canceled') return;
  throw new AcmeProtocolError(`${url}: the server took the cancellation, and the order is ${status} still`, { url });
}

/** Emits the order, as an answer, where it is canceled. */
const canceled = (account: AcmeAccount, url: string): Observable<AcmeResponse | undefined> =>
  postAsGet(account, url).pipe(
    map((response) => {
      const { status } = decodeOrder({ ...response, raw: parseJson(response.body, url) });
      return status === 'canceled' ? response : undefined;
    }),
  );
