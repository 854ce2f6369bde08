import { catchError, concatMap, defer, map, type Observable, of, throwError } from 'rxjs';
import type { ChallengeTask } from '../model/ports.js';
import { parseUrl } from '../codec/url.js';
import { httpResource } from '../solvers/http01.js';
import type { SelfCheck, SelfCheckLook } from '../solvers/self-check.js';
import type { Page } from './http-page.js';
import { fetchPage } from './http01-fetch.js';
import type { SelfCheckNetwork } from './self-check-network.js';
import { shown } from './shown.js';

const mostRedirects = 10;
const redirects = [301, 302, 303, 307, 308];

/**
 * A check for `withSelfCheck` that asks for the answer to `http-01` as authorities do: over IPv6 and, where that
 * cannot be reached, IPv4; through ten redirects at most, to ports 80 and 443 only; without a look at the certificates on
 * the way, and at no more than the first 4096 octets, white space at their end left out.
 *
 * Emits nothing itself: the value is the check. It emits one look. Errors: none; what goes wrong is part of the look. Unsubscribed, it cuts its
 * connection. Cost: one connection for each look and redirect. Tasks of other types pass.
 *
 * @example
 * ```ts
 * const solver = withSelfCheck(http01Server(), http01Check({ hosts: { 'example.org': '192.0.2.1' } }));
 * ```
 *
 * @see RFC 8555 §8.3
 */
export const http01Check =
  (network: SelfCheckNetwork = {}): SelfCheck =>
  (task: ChallengeTask) =>
    task.type === 'http-01' ? looked(network, task) : of({ passed: true });

const looked = (network: SelfCheckNetwork, task: ChallengeTask): Observable<SelfCheckLook> =>
  defer(() => {
    const { url, token, content } = httpResource(task);
    // Neither is to be read in a log.
    const hidden = (text: string) => text.replaceAll(content, '<key authorization>').replaceAll(token, '<token>');
    return follow(network, new URL(url), 0).pipe(
      map(({ status, body }): SelfCheckLook => {
        if (status !== 200) return { passed: false, found: `${task.identifier.value}: status ${status}, not 200` };
        if (body.trimEnd() === content) return { passed: true };
        return { passed: false, found: `${task.identifier.value}: another answer, ${shown(hidden(body))}` };
      }),
      catchError((error: unknown) =>
        of({ passed: false, found: hidden(error instanceof Error ? error.message : String(error)) }),
      ),
    );
  });

const follow = (network: SelfCheckNetwork, url: URL, redirected: number): Observable<Page> =>
  fetchPage(network, url).pipe(
    concatMap((page) => {
      if (!redirects.includes(page.status)) return of(page);
      if (redirected === mostRedirects) return throwError(() => new Error(`${url.host}: more than 10 redirects`));
      return follow(network, target(network, url, page.location), redirected + 1);
    }),
  );

/** Authorities follow to the usual ports only; those of the network stand for these. */
function target({ httpPort = 80, tlsPort = 443 }: SelfCheckNetwork, from: URL, location = ''): URL {
  const url = location === '' ? undefined : parseUrl(location, from.href);
  if (url === undefined) throw new Error(`${from.host}: a redirect to nowhere`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new Error(`${from.host}: a redirect to ${shown(url.protocol)}, which is neither http nor https`);
  if (!['', '80', '443', String(httpPort), String(tlsPort)].includes(url.port))
    throw new Error(`${from.host}: a redirect to port ${url.port}, where only 80 and 443 are followed`);
  return url;
}
