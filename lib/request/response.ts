import { parseLinkHeader } from '../codec/link-header.js';
import { parseHttpDate } from '../codec/http-date.js';
import { parseRetryAfterMs } from '../codec/retry-after.js';
import { isAbsoluteUrl, parseUrl } from '../codec/url.js';
import type { AcmeHttpResponse } from '../model/ports.js';
import type { ResponseContext } from '../model/retrieved.js';

/** One whole answer, its headers read. */
export interface AcmeResponse extends ResponseContext {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
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
