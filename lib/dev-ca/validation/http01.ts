import { isIP } from 'node:net';
import { concatMap, type Observable, of } from 'rxjs';
import { shown } from '../../node/shown.js';
import { failure } from './failure.js';
import { httpGet } from './http-get.js';
import type { Network } from './network.js';
import type { Proof } from './proof.js';

const mostRedirects = 10;
const redirects = [301, 302, 303, 307, 308];

/**
 * Fetches the answer to `http-01`, through redirects, and compares it. Completes where it is right.
 *
 * @see RFC 8555 §8.3
 */
export const provenByHttp = (network: Network, { identifier, token, keyAuthorization }: Proof): Observable<unknown> => {
  const host = isIP(identifier.value) === 6 ? `[${identifier.value}]` : identifier.value;
  return follow(network, new URL(`http://${host}/.well-known/acme-challenge/${token}`), keyAuthorization, 0);
};

const follow = (network: Network, url: URL, expected: string, redirected: number): Observable<unknown> =>
  httpGet(network, url).pipe(
    concatMap(({ status, location, body }) => {
      if (redirects.includes(status)) {
        if (redirected === mostRedirects) throw failure('connection', `${url.href}: more than 10 redirects`);
        return follow(network, target(network, url, location), expected, redirected + 1);
      }
      if (status !== 200) throw failure('unauthorized', `${url.href}: the answer has status ${status}, not 200`);
      // What is at the end of a text file is no part of the answer.
      if (body.trimEnd() === expected) return of(undefined);
      throw failure('unauthorized', `${url.href}: the answer is ${shown(body)}, not the key authorization`);
    }),
  );

/** Public authorities follow to the usual ports only; the ports of the network stand for those. */
function target({ httpPort, tlsPort }: Network, from: URL, location = ''): URL {
  if (location === '' || !URL.canParse(location, from)) {
    throw failure('unauthorized', `${from.href}: a redirect to ${location === '' ? 'nowhere' : shown(location)}`);
  }
  const url = new URL(location, from);
  if (url.protocol === 'http:' || url.protocol === 'https:') {
    if (['', String(httpPort), String(tlsPort)].includes(url.port)) return url;
    throw failure('connection', `${from.href}: a redirect to port ${url.port}, where only 80 and 443 are followed`);
  }
  throw failure('unauthorized', `${from.href}: a redirect to ${shown(url.protocol)}, which is neither http nor https`);
}
