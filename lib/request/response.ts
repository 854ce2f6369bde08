import { defined } from '../codec/defined.js';
import { parseLinkHeader } from '../codec/link-header.js';
import { parseHttpDate } from '../codec/http-date.js';
import { parseRetryAfterMs } from '../codec/retry-after.js';
import { resolveUrl } from '../codec/url.js';
import { protocolFault } from '../model/errors/protocol-error.js';
import type { AcmeHttpResponse } from '../model/ports.js';
import type { ResponseContext } from '../model/retrieved.js';

/** One whole answer, its headers read. */
export interface AcmeResponse extends ResponseContext {
  /** From 200 to 299. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Read to its end. */
  readonly body: Uint8Array;
  /** The `Location` header, absolute. */
  readonly location?: string;
}

/** Reads the headers of an answer to a request for `url`. `nowMs` stands in for a `Date` header that is not there. */
export function toAcmeResponse(url: string, { status, headers, body }: AcmeHttpResponse, nowMs: number): AcmeResponse {
  const { location, 'retry-after': retryAfter } = headers;
  return defined({
    url,
    status,
    headers,
    body,
    links: parseLinkHeader(headers['link'], url),
    retryAfterMs:
      retryAfter === undefined ? undefined : parseRetryAfterMs(retryAfter, serverTime(headers['date'], nowMs)),
    location: location ? resolveUrl(location, url) : undefined,
  });
}

const serverTime = (date = '', nowMs: number): number => parseHttpDate(date, nowMs)?.getTime() ?? nowMs;

/** The answer that made a resource, under the URL of that resource. */
export function located(response: AcmeResponse, what: string): AcmeResponse {
  const { url, status, location } = response;
  if (location !== undefined) return { ...response, url: location };
  throw protocolFault(
    url,
    `the answer has no Location header, which holds the URL of the ${what}; in a browser the server must name it in Access-Control-Expose-Headers`,
    { status },
  );
}
