import { defer, Observable } from 'rxjs';
import type { AcmeHttpRequest, AcmeHttpResponse } from '../model/ports.js';
import type { FetchLike, FetchResponse, PlatformFetch } from './fetch-like.js';
import { readBody, type Refusal } from './fetch-body.js';
import { otherUrl } from './same-url.js';

/** Options of {@link fetchTransport}. */
export interface FetchTransportOptions {
  /** The `fetch` to use. Default: the platform's own in browsers, cross-fetch elsewhere, loaded at the first request. */
  readonly fetch?: FetchLike | undefined;
  /** More members for `fetch`'s second argument, such as `agent` for cross-fetch or `dispatcher` for undici. */
  readonly init?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * One exchange by `fetch`, refused with what `refusal` makes. Emits the response once, read to its end, then completes. Unsubscribing aborts it.
 *
 * @see RFC 8555 §6.1
 */
export const exchangeByFetch = (
  request: AcmeHttpRequest,
  refusal: Refusal,
  { fetch, init = {} }: FetchTransportOptions = {},
): Observable<AcmeHttpResponse> =>
  defer(() => {
    const platform = fetch === undefined ? loadPlatformFetch() : { fetch, forbiddenHeaders: [] };
    return exchange((signal) => send(request, refusal, platform, init, signal));
  });

/** A function of its own, so that no `fetch` is loaded before the first request. */
const loadPlatformFetch = async (): Promise<PlatformFetch> => (await import('#fetch')).platformFetch;

const exchange = (sent: (signal: AbortSignal) => Promise<AcmeHttpResponse>) =>
  new Observable<AcmeHttpResponse>((subscriber) => {
    const abort = new AbortController();
    let settled = false;
    sent(abort.signal).then(
      (response) => {
        settled = true;
        subscriber.next(response);
        subscriber.complete();
      },
      (error: unknown) => {
        // What is left of an exchange that failed on this side, a body that is too large say, is not read.
        abort.abort();
        subscriber.error(error);
      },
    );
    return () => {
      if (!settled) abort.abort();
    };
  });

async function send(
  request: AcmeHttpRequest,
  refusal: Refusal,
  platform: PlatformFetch | Promise<PlatformFetch>,
  init: object,
  signal: AbortSignal,
): Promise<AcmeHttpResponse> {
  const refuse = (fault: string) => refusal(request.url, fault);
  checkUnchanged(request.url, refuse);
  const { fetch, forbiddenHeaders } = await platform;
  signal.throwIfAborted();
  const response = await fetch(request.url, {
    ...init,
    method: request.method,
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !forbiddenHeaders.includes(name))),
    ...(request.body === undefined ? {} : { body: request.body }),
    redirect: 'manual',
    cache: 'no-store',
    credentials: 'omit',
    signal,
  });
  const body = await readBody(response.body, request.maxResponseBytes, refuse);
  return { status: response.status, headers: headersOf(response), body };
}

/**
 * `fetch` asks for what a URL means, not for what it says. Where that differs, the signature would be for another URL.
 *
 * @see RFC 8555 §6.4
 */
function checkUnchanged(url: string, refuse: (fault: string) => Error): void {
  const other = otherUrl(url);
  if (other !== undefined) throw refuse(`fetch would ask for ${other} instead; this server needs another transport`);
}

function headersOf({ headers }: FetchResponse): Record<string, string> {
  const all: Record<string, string> = {};
  headers.forEach((value, name) => {
    all[name.toLowerCase()] = value;
  });
  return all;
}
