import { catchError, concatMap, defer, type Observable, type OperatorFunction, throwError } from 'rxjs';
import { AcmeTransportError } from '../model/errors/transport-error.js';
import { signJws } from '../signing/jws.js';
import type { AcmeAccount, AcmeKeyHolder } from './account.js';
import { exchange } from './exchange.js';
import { callPort } from './port.js';
import type { AcmeResponse } from './response.js';
import { retryLost } from './retry-lost.js';
import { leaseNonce } from './with-nonce.js';

/** One signed request. */
export interface AcmeRequest {
  /** To be asked and signed as it is. */
  readonly url: string;
  /** `''` for POST-as-GET. */
  readonly payload: object | '';
  /** Default: any type. */
  readonly accept?: string;
  /**
   * What to do when the answer is lost and nobody knows whether the request was carried out: sign and send it
   * again, give up, or find out first; then what is found is the answer.
   */
  readonly recovery: 'repeat' | 'never' | ((error: AcmeTransportError) => Observable<AcmeResponse>);
}

/**
 * Signs requests, by the account's URL or with the bare public key, and sends them one after the other.
 *
 * Emits one answer per request, in order, and only those of status 2xx; completes with the source. Every retry
 * stands inside, above the signer: what is sent again is signed again, with another nonce.
 *
 * Errors: {@link AcmeProblemError} and its kinds; {@link AcmeTransportError} after `recovery`; {@link AcmeProtocolError};
 * {@link AcmePortError} where the signer fails. Cost: one POST and one nonce per request.
 *
 * @see RFC 8555 §6.2, §6.3, §6.4
 */
export const signedRequest = (by: AcmeAccount | AcmeKeyHolder): OperatorFunction<AcmeRequest, AcmeResponse> =>
  concatMap((request) =>
    defer(() => {
      const { recovery } = request;
      let sent = false;
      const signAndSend = (nonce: string) =>
        signed(by, request, nonce).pipe(
          concatMap((body) => {
            sent = true;
            return send(by, request, body);
          }),
        );
      const attempt = leaseNonce(by.session, signAndSend).pipe(
        // Before it is sent, only a nonce can have been lost.
        retryLost(by.session, () => recovery === 'repeat' || !sent),
      );
      if (typeof recovery === 'string') return attempt;
      return attempt.pipe(
        catchError((error: unknown) =>
          error instanceof AcmeTransportError ? recovery(error) : throwError(() => error),
        ),
      );
    }),
  );

const signed = (by: AcmeAccount | AcmeKeyHolder, { url, payload }: AcmeRequest, nonce: string) =>
  callPort('signer', () => signJws(by.signer, { url, nonce, payload, kid: 'url' in by ? by.url : undefined }));

const send = ({ session }: AcmeAccount | AcmeKeyHolder, { url, accept }: AcmeRequest, body: string) =>
  exchange(session, {
    method: 'POST',
    url,
    body,
    headers: { 'content-type': 'application/jose+json', ...(accept && { accept }) },
  });
