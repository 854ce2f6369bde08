import { encodeUtf8 } from '../../codec/utf8.js';
import type { AcmeHttpResponse } from '../../model/ports.js';
import { problemDocument, type Refusal } from './refusal.js';

/** What an operation answers, before it is put into bytes. */
export interface Reply {
  /** The HTTP status. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, as JSON. */
  readonly json?: object;
  /** The body, as text, with its type in `headers`. */
  readonly text?: string;
}

/** A reply to a refused request. */
export const refusalReply = ({ problem, status }: Refusal): Reply => ({
  status,
  json: problemDocument({ ...problem, status }),
  headers: {
    'content-type': 'application/problem+json',
    ...(problem.retryAfter === undefined ? {} : { 'retry-after': problem.retryAfter }),
    ...problem.headers,
  },
});

/** The `Link` header of an answer: where the directory is, and what the answer says besides. */
export const withIndex = (directoryUrl: string, link?: string): string =>
  [`<${directoryUrl}>;rel="index"`, link].filter(Boolean).join(', ');

/** Puts a reply into bytes. */
export function toHttpResponse({ status, headers = {}, json, text = '' }: Reply): AcmeHttpResponse {
  if (json === undefined) return { status, headers, body: encodeUtf8(text) };
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: encodeUtf8(JSON.stringify(json)),
  };
}
