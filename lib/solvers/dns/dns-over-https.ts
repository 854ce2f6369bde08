import { defer, map, type Observable, take, throwIfEmpty } from 'rxjs';
import { AcmeDnsError } from '../../model/errors/dns-error.js';
import type { AcmeTransport } from '../../model/ports.js';
import { fetchTransport } from '../../transport/fetch-transport.js';
import { dohAnswer, type DohRecord, recordTypes } from './doh-answer.js';
import type { PropagationCheck, TxtServer } from './propagation.js';
import { txtLookups } from './txt-lookups.js';
import { txtPresentation } from './txt-presentation.js';
import type { PropagationOptions } from './watch-propagation.js';

/** Options of {@link dnsOverHttps}. */
export interface DnsOverHttpsOptions extends PropagationOptions {
  /** URLs that answer in JSON. Default: those of Cloudflare and of Google, which then learn the names. */
  readonly endpoints?: readonly string[] | undefined;
  /** What sends the requests. Default: `fetch`. */
  readonly transport?: AcmeTransport | undefined;
}

const publicEndpoints = ['https://cloudflare-dns.com/dns-query', 'https://dns.google/resolve'];
const maxResponseBytes = 65_536;

/**
 * A check over DNS over HTTPS, answers in JSON: works in browsers too. All the endpoints have to show the value.
 *
 * They remember what they did not find, often for minutes. So nothing is asked before the record is written, the first
 * look comes after 5 s, and aliases are followed only where `followCname` of {@link txtPublisher} says so.
 *
 * Emits nothing itself: the value is for {@link txtPublisher}. Its stream emits after each look and errors with
 * {@link AcmeTimeoutError} that names the endpoints without the value. Cost: one request for each endpoint without the
 * value and each look. Throws `TypeError` where an endpoint is no `https:` URL.
 */
export function dnsOverHttps(options: DnsOverHttpsOptions = {}): PropagationCheck {
  const { transport = fetchTransport() } = options;
  const endpoints: readonly string[] = options.endpoints ?? publicEndpoints;
  if (!areHttps(endpoints)) {
    throw new TypeError('dnsOverHttps: endpoints must be a list of https: URLs');
  }
  const servers = endpoints.map((endpoint): TxtServer => ({
    server: new URL(endpoint).host,
    lookup: (name) => ask(transport, endpoint, name, 'TXT').pipe(map(txtValues)),
  }));
  return txtLookups({
    ...options,
    servers,
    remembersAbsence: true,
    cname: (name) =>
      ask(transport, endpoints[0] as string, name, 'CNAME').pipe(
        map((records) => records.find(({ type }) => type === recordTypes.CNAME)?.data ?? name),
      ),
  });
}

const areHttps = (endpoints: unknown): boolean =>
  Array.isArray(endpoints) && endpoints.length > 0 && endpoints.every(isHttps);

const isHttps = (endpoint: unknown): boolean =>
  typeof endpoint === 'string' && URL.canParse(endpoint) && new URL(endpoint).protocol === 'https:';

const txtValues = (records: readonly DohRecord[]): readonly string[] =>
  records.filter(({ type }) => type === recordTypes.TXT).map(({ data }) => txtPresentation(data));

function ask(
  transport: AcmeTransport,
  endpoint: string,
  name: string,
  type: 'TXT' | 'CNAME',
): Observable<readonly DohRecord[]> {
  const url = new URL(endpoint);
  const server = url.host;
  url.searchParams.set('name', name);
  url.searchParams.set('type', type);
  const request = {
    method: 'GET',
    url: url.href,
    headers: { accept: 'application/dns-json' },
    maxResponseBytes,
  } as const;
  return defer(() => transport(request)).pipe(
    take(1),
    throwIfEmpty(() => new AcmeDnsError('no-answer', 'the transport gave no answer', { server })),
    map(({ status, body }) => {
      if (status !== 200) throw new AcmeDnsError('server-failure', `the server answered ${status}`, { server });
      if (body.byteLength > maxResponseBytes) {
        throw new AcmeDnsError('malformed', `the answer is larger than ${maxResponseBytes} bytes`, { server });
      }
      return dohAnswer(body, server);
    }),
  );
}
