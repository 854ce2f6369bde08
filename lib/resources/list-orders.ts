import { concatMap, defer, EMPTY, expand, map, type Observable } from 'rxjs';
import { parseJson } from '../codec/json.js';
import { membersOf, requiredUrls } from '../codec/received.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { AcmeAccount } from '../request/account.js';
import type { AcmeResponse } from '../request/response.js';
import { getAccount } from './account.js';
import { postAsGet } from './post-as-get.js';

/** The most pages that are read of one list. */
const mostPages = 1_000;

interface Page {
  readonly orders: readonly string[];
  readonly next?: string | undefined;
}

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
      if (orders !== undefined) return pagesFrom(account, orders);
      throw new AcmeUnsupportedError('the server keeps no list of orders: the account has no orders URL', { url });
    }),
    concatMap(({ orders }) => orders),
  );

const pagesFrom = (account: AcmeAccount, first: string): Observable<Page> =>
  defer(() => {
    const seen = new Set<string>();
    const read = (url: string): Observable<Page> => {
      if (seen.has(url)) throw new AcmeProtocolError(`${url}: the list of orders leads back to this page`, { url });
      if (seen.size === mostPages) {
        throw new AcmeProtocolError(`${url}: the list of orders has more than ${mostPages} pages`, { url });
      }
      seen.add(url);
      return postAsGet(account, url).pipe(map(decodePage));
    };
    return read(first).pipe(expand(({ next }) => (next === undefined ? EMPTY : read(next)), 1));
  });

/** Some servers send the bare array, and some `null` for an empty one. */
function decodePage({ url, links, body }: AcmeResponse): Page {
  const parsed = parseJson(body, url, { url });
  const isBare = parsed === null || Array.isArray(parsed);
  const members = membersOf({ raw: isBare ? { orders: parsed } : parsed, url }, 'order list');
  return {
    orders: members.object['orders'] === null ? [] : requiredUrls(members, 'orders'),
    next: links.find(({ relations }) => relations.includes('next'))?.url,
  };
}
