import { decodeProblem } from '../codec/decode-problem.js';
import { mediaType } from '../codec/media-type.js';
import { parseJson } from '../codec/json.js';
import {
  AcmeBadNonceError,
  AcmeProblemError,
  AcmeRateLimitedError,
  AcmeUserActionRequiredError,
} from '../model/errors/problem-error.js';
import type { AcmeErrorDetails } from '../model/errors/acme-error.js';
import { acmeErrorNamespace, type ProblemDocument } from '../model/problem.js';
import type { AcmeResponse } from './response.js';

/**
 * The error that a refusal becomes. The problem document's type decides which; where there is none, the status does.
 *
 * @see RFC 8555 §6.5, §6.6, §6.7
 */
export function responseError(response: AcmeResponse, nowMs: number): AcmeProblemError {
  const problem = problemOf(response);
  const details = errorDetails(response, nowMs);
  switch (problem.type) {
    case `${acmeErrorNamespace}badNonce`:
      return new AcmeBadNonceError(problem, { ...details, nonce: response.headers['replay-nonce'] });
    case `${acmeErrorNamespace}rateLimited`:
      return new AcmeRateLimitedError(problem, details);
    case `${acmeErrorNamespace}userActionRequired`:
      return new AcmeUserActionRequiredError(problem, details);
    case 'about:blank':
      return saysLater(response) ? new AcmeRateLimitedError(problem, details) : new AcmeProblemError(problem, details);
    default:
      return new AcmeProblemError(problem, details);
  }
}

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
      if (problem !== undefined) return problem;
    } catch {
      // Not JSON after all: what is left to tell is the status.
    }
  }
  return withoutDocument(response, type);
}

/** Stands in for the document that a balancer or a proxy did not send. */
function withoutDocument({ status, body }: AcmeResponse, type: string): ProblemDocument {
  const text = type === 'text/plain' ? firstLine(body) : '';
  const detail = text === '' ? `the server answered with HTTP status ${status} and no problem document` : text;
  return { type: 'about:blank', title: `HTTP ${status}`, detail, status, subproblems: [], algorithms: [], raw: {} };
}

const firstLine = (body: Uint8Array): string =>
  new TextDecoder()
    .decode(body.subarray(0, 400))
    .split('\n', 1)
    .join('')
    .replace(/[^\x20-\x7e]/g, ' ')
    .trim()
    .slice(0, 200);

const secretHeaders = new Set(['replay-nonce', 'set-cookie', 'authorization', 'www-authenticate']);

const redacted = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !secretHeaders.has(name)));
