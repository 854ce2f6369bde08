import { concatMap, defer, type Observable, of, type OperatorFunction, tap } from 'rxjs';
import type { AcmeError } from '../model/errors/acme-error.js';
import type { FailedAttempt } from '../model/retry-policy.js';
import { signJws } from '../signing/jws.js';
import type { AcmeAccount, AcmeKeyHolder } from './account.js';
import { exchange } from './exchange.js';
import { callPort } from './port.js';
import type { AcmeResponse } from './response.js';
import { withinLimits } from './request-gate.js';
import { retried } from './retry-transient.js';
import { wasRefused } from './retry-policies.js';
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
   * What to do when nobody knows whether the request was carried out, because the answer was lost or is a server's
   * failure: sign and send it again, give up, or find out first; then what is found is the answer, and where
   * nothing is found the request is sent again. What the server refused to do, for a rate limit say, is sent again in
   * any case.
   */
  readonly recovery: 'repeat' | 'never' | ((error: AcmeError) => Observable<AcmeResponse | undefined>);
}

/**
 * Signs requests, by the account's URL or with the bare public key, and sends them one after the other.
 *
 * Emits one answer per request, in order, and only those of status 2xx; completes with the source. Every retry
 * stands inside, above the signer: what is sent again, because the session's policy says so, is signed again, with
 * another nonce.
 *
 * Errors, when the policy gives up: {@link AcmeProblemError} and its kinds; {@link AcmeTransportError};
 * {@link AcmeProtocolError}; {@link AcmePortError} where the signer fails. Cost: one POST and one nonce per attempt.
 *
 * @see RFC 8555 §6.2, §6.3, §6.4
 */
export const signedRequest = (by: AcmeAccount | AcmeKeyHolder): OperatorFunction<AcmeRequest, AcmeResponse> =>
  concatMap((request) => {
    const { url, payload, recovery } = request;
    const { session } = by;
    return defer(() => {
      /** Whether nobody knows if the request was carried out: it was sent, and not refused. */
      let isOpen = false;
      const signAndSend = (nonce: string) =>
        signed(by, request, nonce).pipe(
          concatMap((body) => {
            isOpen = true;
            return send(by, request, body).pipe(tap({ error: (error: AcmeError) => (isOpen = !wasRefused(error)) }));
          }),
        );
      const retry = (failure: FailedAttempt) => (recovery === 'never' && isOpen ? undefined : session.retry(failure));
      const findOut = (error: AcmeError) => {
        const found$ = typeof recovery === 'function' && isOpen ? recovery(error) : of(undefined);
        isOpen = false;
        return found$;
      };
      return withinLimits(session, { url, payload }, () => leaseNonce(session, signAndSend)).pipe(
        retried({ retry, scheduler: session.scheduler, clock: session.clock, random: session.random }, findOut),
      );
    });
  });

const signed = (by: AcmeAccount | AcmeKeyHolder, { url, payload }: AcmeRequest, nonce: string) =>
  callPort('signer', () => signJws(by.signer, { url, nonce, payload, kid: 'url' in by ? by.url : undefined }));

const send = ({ session }: AcmeAccount | AcmeKeyHolder, { url, accept }: AcmeRequest, body: string) =>
  exchange(session, {
    method: 'POST',
    url,
    body,
    headers: { 'content-type': 'application/jose+json', ...(accept && { accept }) },
  });
