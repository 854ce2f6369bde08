import { parseLinkHeader } from '../codec/link-header.js';
import { parseHttpDate } from '../codec/http-date.js';
import { parseRetryAfterMs } from '../codec/retry-after.js';
import { isAbsoluteUrl, parseUrl } from '../codec/url.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
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
  const serverNowMs = parseHttpDate(headers['date'] ?? '', nowMs)?.getTime() ?? nowMs;
  const retryAfterMs = parseRetryAfterMs(headers['retry-after'], serverNowMs);
  const location = absolute(headers['location'], url);
  return {
    url,
    status,
    headers,
    body,
    links: parseLinkHeader(headers['link'], url),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(location === undefined ? {} : { location }),
  };
}

/** An absolute URL is kept byte for byte. */
function absolute(location: string | undefined, base: string): string | undefined {
  if (location === undefined || location === '') return undefined;
  return isAbsoluteUrl(location) ? location : parseUrl(location, base)?.href;
}

/** The answer that made a resource, under the URL of that resource. */
export function located(response: AcmeResponse, what: string): AcmeResponse {
  const { url, status, location } = response;
  if (location !== undefined) return { ...response, url: location };
  throw new AcmeProtocolError(
    `${url}: the answer has no Location header, which holds the URL of the ${what}; in a browser the server must name it in Access-Control-Expose-Headers`,
    { url, status },
  );
}
