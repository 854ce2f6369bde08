import { catchError, defer, map, type Observable, take, throwError, throwIfEmpty } from 'rxjs';
import { AcmeError } from '../model/errors/acme-error.js';
import { protocolFault } from '../model/errors/protocol-error.js';
import { AcmeTransportError } from '../model/errors/transport-error.js';
import type { AcmeHttpResponse } from '../model/ports.js';
import { endedBy } from '../rx/deadline.js';
import { wait } from '../rx/wait.js';
import { AcmeBadNonceError } from '../model/errors/problem-error.js';
import { closeGate } from './request-gate.js';
import { type AcmeResponse, toAcmeResponse } from './response.js';
import { errorDetails, responseError } from './response-error.js';
import { isSecureUrl } from './secure-url.js';
import type { AcmeSession } from './session.js';

/** A request before the session adds what is its own. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * The one place through which every request of a session passes.
 *
 * Emits each answer of status 2xx once, its nonce harvested, then completes. Errors: {@link AcmeTransportError} where
 * no whole answer came in time; {@link AcmeProtocolError} for a redirect, a URL that is not `https:` or an answer
 * too large; {@link AcmeProblemError} for any other status. Cost: one request.
 *
 * @see RFC 8555 §6.1, §6.5
 */
export const exchange = (session: AcmeSession, request: OutgoingRequest): Observable<AcmeResponse> =>
  defer(() => {
    const { state } = session;
    if (!isSecureUrl(request.url, state.limits.allowInsecureHttp)) {
      throw protocolFault(request.url, 'only https: is asked');
    }
    if (state.closed) throw new AcmeTransportError('the session is closed', { url: request.url });
    return send(session, request);
  }).pipe(
    map((received) => harvested(session, request, received)),
    catchError((error: unknown) =>
      throwError(() =>
        error instanceof AcmeError ? error : lost(request, reasonOf(error, request), { cause: error }),
      ),
    ),
  );

function send(session: AcmeSession, request: OutgoingRequest): Observable<AcmeHttpResponse> {
  const { state, scheduler } = session;
  const { requestTimeoutMs: forMs, maxResponseBytes } = state.limits;
  return state.transport({ ...request, headers: { ...state.headers, ...request.headers }, maxResponseBytes }).pipe(
    take(1),
    throwIfEmpty(() => lost(request, 'the transport gave no answer')),
    endedBy(wait(forMs, scheduler), () => lost(request, `no whole answer within ${forMs} ms`)),
  );
}

function harvested(session: AcmeSession, { url }: OutgoingRequest, received: AcmeHttpResponse): AcmeResponse {
  const { state, clock } = session;
  const response = toAcmeResponse(url, received, clock.now());
  const error = failureOf(response, session);
  // A refused request's nonce goes to its next attempt, which asked for it, and to nobody else.
  if (!(error instanceof AcmeBadNonceError)) state.nonces.put(response.headers['replay-nonce']);
  if (response.status === 404) state.directory.forget(url);
  closeGate(session, error);
  if (error !== undefined) throw error;
  return response;
}

const lost = ({ method, url }: OutgoingRequest, why: string, details?: { readonly cause: unknown }) =>
  new AcmeTransportError(`${method} ${url}: ${why}`, { url, ...details });

/** cross-fetch says for itself what was asked. */
const reasonOf = (error: unknown, { url }: OutgoingRequest): string =>
  (error instanceof Error ? error.message : String(error)).replace(`request to ${url} failed, reason: `, '');

function failureOf(response: AcmeResponse, { state, clock }: AcmeSession): AcmeError | undefined {
  const { url, status, body, location } = response;
  const { maxResponseBytes } = state.limits;
  if (body.byteLength > maxResponseBytes) {
    return protocolFault(url, `the answer is larger than ${maxResponseBytes} bytes (maxResponseBytes)`, { status });
  }
  if (status >= 200 && status < 300) return undefined;
  const details = errorDetails(response, clock.now());
  if (status === 0 || (status >= 300 && status < 400)) {
    const target = location === undefined ? 'elsewhere' : `to ${location}`;
    return protocolFault(url, `the server redirects ${target}; use its final URL`, details);
  }
  return responseError(response, details);
}
