import { catchError, defer, map, type Observable, take, throwError, throwIfEmpty } from 'rxjs';
import { AcmeError } from '../model/errors/acme-error.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import { AcmeTransportError } from '../model/errors/transport-error.js';
import type { AcmeHttpResponse } from '../model/ports.js';
import { deadline } from '../rx/deadline.js';
import { AcmeBadNonceError } from '../model/errors/problem-error.js';
import { type AcmeResponse, toAcmeResponse } from './response.js';
import { errorDetails, responseError } from './response-error.js';
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
    checkUrl(request.url, state.limits.allowInsecureHttp);
    if (state.closed) throw new AcmeTransportError('the session is closed', { url: request.url });
    return send(session, request);
  }).pipe(
    map((received) => harvested(session, request, received)),
    catchError((error: unknown) =>
      throwError(() => (error instanceof AcmeError ? error : transportError(request.method, request.url, error))),
    ),
  );

function send(session: AcmeSession, { method, url, headers, body }: OutgoingRequest): Observable<AcmeHttpResponse> {
  const { state, scheduler } = session;
  const { requestTimeoutMs, maxResponseBytes } = state.limits;
  const request = {
    method,
    url,
    headers: { ...state.headers, ...headers },
    maxResponseBytes,
    ...(body === undefined ? {} : { body }),
  };
  return state.transport(request).pipe(
    take(1),
    throwIfEmpty(() => new AcmeTransportError(`${method} ${url}: the transport gave no answer`, { url })),
    deadline({
      forMs: requestTimeoutMs,
      scheduler,
      onTimeout: () =>
        new AcmeTransportError(`${method} ${url}: no whole answer within ${requestTimeoutMs} ms`, { url }),
    }),
  );
}

function harvested(session: AcmeSession, { url }: OutgoingRequest, received: AcmeHttpResponse): AcmeResponse {
  const { state, clock } = session;
  const response = toAcmeResponse(url, received, clock.now());
  const error = failureOf(response, session);
  // A refused request's nonce goes to its next attempt, which asked for it, and to nobody else.
  if (!(error instanceof AcmeBadNonceError)) state.nonces.put(response.headers['replay-nonce']);
  if (response.status === 404) state.directory.forget(url);
  if (error !== undefined) throw error;
  return response;
}

function transportError(method: string, url: string, cause: unknown): AcmeTransportError {
  // cross-fetch says for itself what was asked.
  const why = (cause instanceof Error ? cause.message : String(cause)).replace(
    `request to ${url} failed, reason: `,
    '',
  );
  return new AcmeTransportError(`${method} ${url}: ${why}`, { url, cause });
}

function failureOf(response: AcmeResponse, { state, clock }: AcmeSession): AcmeError | undefined {
  const { url, status, body, location } = response;
  const { maxResponseBytes } = state.limits;
  if (body.byteLength > maxResponseBytes) {
    return new AcmeProtocolError(`${url}: the answer is larger than ${maxResponseBytes} bytes (maxResponseBytes)`, {
      url,
      status,
    });
  }
  if (status >= 200 && status < 300) return undefined;
  const details = errorDetails(response, clock.now());
  if (status === 0 || (status >= 300 && status < 400)) {
    const target = location === undefined ? 'elsewhere' : `to ${location}`;
    return new AcmeProtocolError(
      `${url}: the server redirects ${target}, which a signed request cannot follow; use its final URL`,
      details,
    );
  }
  return responseError(response, clock.now());
}

function checkUrl(url: string, allowInsecureHttp: boolean): void {
  const protocol = URL.canParse(url) ? url.slice(0, url.indexOf(':') + 1).toLowerCase() : 'no URL';
  if (protocol === 'https:' || (protocol === 'http:' && allowInsecureHttp)) return;
  throw new AcmeProtocolError(`${url}: only https: URLs are asked, this is ${protocol}`, { url });
}
