import { decodeProblem } from '../codec/decode-problem.js';
import { mediaType } from '../codec/media-type.js';
import { problemCode } from '../codec/problem-type.js';
import { ownMember } from '../codec/tolerant.js';
import { parseJson } from '../codec/json.js';
import {
  AcmeBadNonceError,
  AcmeProblemError,
  AcmeRateLimitedError,
  AcmeUserActionRequiredError,
} from '../model/errors/problem-error.js';
import type { AcmeErrorDetails } from '../model/errors/acme-error.js';
import type { ProblemDocument } from '../model/problem.js';
import type { AcmeResponse } from './response.js';

/**
 * The error that a refusal becomes, with the details that {@link errorDetails} makes of it. The problem document's type decides which; where there is none, the status does.
 *
 * @see RFC 8555 §6.5, §6.6, §6.7
 */
export function responseError(response: AcmeResponse, details: AcmeErrorDetails): AcmeProblemError {
  const problem = problemOf(response);
  const name = problem.type === 'about:blank' && saysLater(response) ? 'rateLimited' : (problemCode(problem) ?? '');
  const Kind = ownMember(kinds, name) ?? AcmeProblemError;
  const withNonce = { ...details, nonce: response.headers['replay-nonce'] };
  return new Kind(problem, withNonce);
}

const kinds: Readonly<Record<string, typeof AcmeProblemError>> = {
  badNonce: AcmeBadNonceError,
  rateLimited: AcmeRateLimitedError,
  userActionRequired: AcmeUserActionRequiredError,
};

/** What an error keeps of a response. */
export function errorDetails(
  { url, status, retryAfterMs, links, headers }: AcmeResponse,
  nowMs: number,
): AcmeErrorDetails {
  const retryAt = retryAfterMs === undefined ? undefined : new Date(nowMs + retryAfterMs);
  return { url, status, retryAfterMs, retryAt, links, headers: redacted(headers) };
}

const openingBrace = 0x7b;

const saysLater = ({ status, retryAfterMs }: AcmeResponse): boolean =>
  status === 429 || (status === 503 && retryAfterMs !== undefined);

function problemOf(response: AcmeResponse): ProblemDocument {
  const type = mediaType(response.headers['content-type']);
  // Some servers forget to say what it is.
  if (type.endsWith('json') || response.body[0] === openingBrace) {
    try {
      const problem = decodeProblem(parseJson(response.body, 'problem document'));
      if (problem !== undefined) return withMessage(problem);
    } catch {
      // Not JSON after all: what is left to tell is the status.
    }
  }
  return withoutDocument(response, type);
}

/** Gateways have JSON of their own, in which `message` says what is wrong. */
function withMessage(problem: ProblemDocument): ProblemDocument {
  const { type, title, detail, raw } = problem;
  const { message } = raw;
  const isOther = type === 'about:blank' && title === undefined && detail === undefined;
  return isOther && typeof message === 'string' ? { ...problem, detail: message } : problem;
}

/** Where a body that is no problem document may say what is wrong: a line of text, or what a page is called. */
const tellingPart: Readonly<Record<string, RegExp>> = {
  'text/plain': /^(.*)/,
  'text/html': /<title[^<>]*>([^<]*)</i,
};

/** Stands in for the document that a balancer or a proxy did not send. */
function withoutDocument({ url, status, body }: AcmeResponse, type: string): ProblemDocument {
  const [, text = ''] = ownMember(tellingPart, type)?.exec(new TextDecoder().decode(body.subarray(0, 1_000))) ?? [];
  const detail = `${plain(text) || 'no problem document'} (${url})`;
  return { type: 'about:blank', title: `HTTP ${status}`, detail, status, subproblems: [], algorithms: [], raw: {} };
}

const plain = (text: string): string =>
  text
    .replace(/[^\x20-\x7e]/g, ' ')
    .trim()
    .slice(0, 200);

const secretHeader = /nonce|cookie|auth/;

const redacted = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !secretHeader.test(name)));
