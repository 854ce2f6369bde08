/** dns-01 by the HTTP interface of a DNS service, here that of Cloudflare: one value is added, and that one removed. */
import { concatMap, EMPTY, from, mergeMap, type Observable } from 'rxjs';
import { fromFetch } from 'rxjs/fetch';
import {
  type ChallengeSolver,
  dns01,
  dnsOverHttps,
  type DnsProvider,
  type PropagationCheck,
  txtPublisher,
} from 'rxacme';

interface Answer<T> {
  readonly success: boolean;
  readonly errors: readonly { readonly message: string }[];
  readonly result: T;
}

interface TxtEntry {
  readonly id: string;
  readonly content: string;
}

/** @param token May edit the DNS of the zones that are to be proven, and read their names. */
export function cloudflare(token: string, api = 'https://api.cloudflare.com/client/v4'): DnsProvider {
  const call = <T>(method: string, path: string, body?: object): Observable<T> =>
    // Unsubscribing aborts the request.
    fromFetch(`${api}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      selector: async (response) => {
        const { success, errors, result } = (await response.json()) as Answer<T>;
        if (success) return result;
        throw new Error(`${method} ${path}: ${response.status} ${errors.map(({ message }) => message).join('; ')}`);
      },
    });
  const recordsOf = (zone = ''): Observable<string> =>
    call<readonly { readonly id: string }[]>('GET', `/zones?name=${encodeURIComponent(zone)}`).pipe(
      concatMap(([found]) => {
        if (found === undefined) throw new Error(`the token has no zone ${zone}`);
        return [`/zones/${found.id}/dns_records`];
      }),
    );
  const valuesAt = (path: string, name: string): Observable<readonly TxtEntry[]> =>
    call('GET', `${path}?type=TXT&per_page=100&name=${encodeURIComponent(name)}`);
  const isOf = (value: string) => (entry: TxtEntry) => entry.content.replaceAll('"', '') === value;
  return {
    add: ({ zone, name, value }) =>
      recordsOf(zone).pipe(
        concatMap((path) =>
          valuesAt(path, name).pipe(
            concatMap((entries) =>
              entries.some(isOf(value))
                ? EMPTY // It was added before.
                : call('POST', path, { type: 'TXT', name, content: `"${value}"`, ttl: 60 }),
            ),
          ),
        ),
      ),
    remove: ({ zone, name, value }) =>
      recordsOf(zone).pipe(
        concatMap((path) =>
          valuesAt(path, name).pipe(
            concatMap((entries) => from(entries.filter(isOf(value)))),
            mergeMap(({ id }) => call('DELETE', `${path}/${id}`), 1),
          ),
        ),
      ),
  };
}

/** @param zones Those at Cloudflare: the most specific one holds a name's record. */
export const byCloudflare = (
  provider: DnsProvider,
  zones: readonly string[],
  propagation: PropagationCheck = dnsOverHttps(),
): ChallengeSolver => dns01(txtPublisher(provider, { propagation, zone: zones }));
