import { type Observable, of } from 'rxjs';
import { type AcmeAccount, type AcmeKeyHolder, checkUrl } from '../request/account.js';
import { exchange } from '../request/exchange.js';
import type { AcmeResponse } from '../request/response.js';
import { withinLimits } from '../request/request-gate.js';
import { retried } from '../request/retry-transient.js';
import type { AcmeSession } from '../request/session.js';
import { type AcmeRequest, signedRequest } from '../request/signed-request.js';

/**
 * Sends one signed request, for whatever this library has no function for.
 *
 * Emits the answer once, then completes. Errors: {@link AcmeProblemError}; {@link AcmeTransportError};
 * {@link AcmeProtocolError}. Cost: one POST, one nonce. Throws `TypeError` if the URL is not absolute.
 *
 * @param recovery What to do when nobody knows whether the request was carried out, because the answer was lost or is a
 * server's failure. Default: `never`, that is, error.
 * @see RFC 8555 §6.2
 */
export function signedPost(
  by: AcmeAccount | AcmeKeyHolder,
  url: string,
  payload: object | '',
  recovery: AcmeRequest['recovery'] = 'never',
): Observable<AcmeResponse> {
  checkUrl('signedPost', url);
  return of({ url, payload, recovery }).pipe(signedRequest(by));
}

/**
 * Reads a resource by POST-as-GET.
 *
 * Emits the answer once, then completes. Errors: {@link AcmeProblemError} and {@link AcmeTransportError}, when tried
 * again in vain; {@link AcmeProtocolError}. Cost: one POST, one nonce. Throws `TypeError` if the URL is not absolute.
 *
 * @param accept The media type wanted. Default: any.
 * @see RFC 8555 §6.3
 */
export function postAsGet(account: AcmeAccount, url: string, accept?: string): Observable<AcmeResponse> {
  checkUrl('postAsGet', url);
  return of({ url, payload: '', recovery: 'repeat', ...(accept && { accept }) } as const).pipe(signedRequest(account));
}

/**
 * Reads a resource that takes no signature, such as the directory.
 *
 * Emits the answer once, then completes. Errors: {@link AcmeProblemError} and {@link AcmeTransportError}, when tried
 * again in vain; {@link AcmeProtocolError}. Cost: one GET, no nonce. Throws `TypeError` if the URL is not absolute.
 *
 * @param accept The media type wanted. Default: any.
 * @see RFC 8555 §6.3
 */
export function unsignedGet(session: AcmeSession, url: string, accept?: string): Observable<AcmeResponse> {
  checkUrl('unsignedGet', url);
  const request = { method: 'GET', url, headers: { ...(accept && { accept }) } } as const;
  return withinLimits(session, { url }, () => session.state.gate.run(() => exchange(session, request))).pipe(
    retried(session),
  );
}
