import { concatMap, type Observable } from 'rxjs';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { AcmeAccount } from '../request/account.js';
import { getAccount } from './account.js';
import { listPages } from './list-pages.js';

/**
 * Lists the orders of an account, page by page. Which orders a server lists, and for how long, is its own affair.
 *
 * Emits the URL of each order, in the server's order, as its page comes; then completes. When it is unsubscribed, no
 * further page is read.
 *
 * Errors: {@link AcmeUnsupportedError} where the account has no list of orders; {@link AcmeProtocolError} where a page
 * is not a list of URLs, leads back to an earlier page, or is followed by more than 1000 in all;
 * {@link AcmeProblemError}; {@link AcmeTransportError}. Cost: one POST and one nonce for the account, and one of each
 * per page.
 *
 * @see RFC 8555 §7.1.2.1
 */
export const listOrders = (account: AcmeAccount): Observable<string> =>
  getAccount(account).pipe(
    concatMap(({ url, orders }) => {
      if (orders !== undefined) return listPages(account, orders, 'orders');
      throw new AcmeUnsupportedError('the server keeps no list of orders: the account has no orders URL', { url });
    }),
  );
