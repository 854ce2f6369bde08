import { type Observable, of } from 'rxjs';
import type { AcmeAccount, AcmeKeyHolder } from '../request/account.js';
import { exchange } from '../request/exchange.js';
import type { AcmeResponse } from '../request/response.js';
import { retryLost } from '../request/retry-lost.js';
import type { AcmeSession } from '../request/session.js';
import { type AcmeRequest, signedRequest } from '../request/signed-request.js';

/**
 * Sends one signed request, for whatever this library has no function for.
 *
 * Emits the answer once, then completes. Errors: {@link AcmeProblemError}; {@link AcmeTransportError};
 * {@link AcmeProtocolError}. Cost: one POST, one nonce.
 *
 * @param recovery What to do when the answer is lost. Default: `never`, that is, error.
 * @see RFC 8555 §6.2
 */
export const signedPost = (
  by: AcmeAccount | AcmeKeyHolder,
  url: string,
  payload: object | '',
  recovery: AcmeRequest['recovery'] = 'never',
): Observable<AcmeResponse> => of({ url, payload, recovery }).pipe(signedRequest(by));

/**
 * Reads a resource by POST-as-GET.
 *
 * Emits the answer once, then completes. Errors: {@link AcmeProblemError}; {@link AcmeTransportError} after two more
 * tries; {@link AcmeProtocolError}. Cost: one POST, one nonce.
 *
 * @param accept The media type wanted. Default: any.
 * @see RFC 8555 §6.3
 */
export const postAsGet = (account: AcmeAccount, url: string, accept?: string): Observable<AcmeResponse> =>
  of({ url, payload: '', recovery: 'repeat', ...(accept === undefined ? {} : { accept }) } as const).pipe(
    signedRequest(account),
  );

/**
 * Reads a resource that takes no signature, such as the directory.
 *
 * Emits the answer once, then completes. Errors: {@link AcmeProblemError}; {@link AcmeTransportError} after two more
 * tries; {@link AcmeProtocolError}. Cost: one GET, no nonce.
 *
 * @see RFC 8555 §6.3
 */
export const unsignedGet = (session: AcmeSession, url: string): Observable<AcmeResponse> =>
  exchange(session, { method: 'GET', url }).pipe(retryLost(session));
