import { concatMap, defer, EMPTY, expand, map, type Observable } from 'rxjs';
import { parseJson } from '../codec/json.js';
import { membersOf, requiredUrls } from '../codec/received.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { AcmeAccount } from '../request/account.js';
import type { AcmeResponse } from '../request/response.js';
import { postAsGet } from './post-as-get.js';

/** The most pages that are read of one list. */
const mostPages = 1_000;

interface Page {
  readonly urls: readonly string[];
  readonly next?: string | undefined;
}

/**
 * Reads a list of URLs, page by page.
 *
 * Emits each URL as its page comes, then completes. When it is unsubscribed, no further page is read.
 *
 * @param member What the list is of, and the member of a page that holds it: `orders`, say.
 * @see RFC 8555 §7.1.2.1, RFC 9115 §2.3.1.1
 */
export const listPages = (account: AcmeAccount, first: string, member: string): Observable<string> =>
  defer(() => {
    const seen = new Set<string>();
    const read = (url: string): Observable<Page> => {
      if (seen.has(url)) throw new AcmeProtocolError(`${url}: the list of ${member} leads back to this page`, { url });
      if (seen.size === mostPages) {
        throw new AcmeProtocolError(`${url}: the list of ${member} has more than ${mostPages} pages`, { url });
      }
      seen.add(url);
      return postAsGet(account, url).pipe(map((response) => decodePage(response, member)));
    };
    return read(first).pipe(expand(({ next }) => (next === undefined ? EMPTY : read(next)), 1));
  }).pipe(concatMap(({ urls }) => urls));

/** Some servers send the bare array, and some `null` for an empty one. */
function decodePage({ url, links, body }: AcmeResponse, member: string): Page {
  const parsed = parseJson(body, url, { url });
  const isBare = parsed === null || Array.isArray(parsed);
  const members = membersOf({ raw: isBare ? { [member]: parsed } : parsed, url }, `list of ${member}`);
  return {
    urls: members.object[member] === null ? [] : requiredUrls(members, member),
    next: links.find(({ relations }) => relations.includes('next'))?.url,
  };
}
