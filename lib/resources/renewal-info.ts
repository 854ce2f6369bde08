import { concatMap, type Observable } from 'rxjs';
import { decodeRenewalInfo } from '../codec/decode-renewal-info.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { RenewalInfo } from '../model/renewal-info.js';
import { decode } from '../request/decode.js';
import { getDirectory } from '../request/get-directory.js';
import type { AcmeSession } from '../request/session.js';
import { type CertificateReference, referenceId } from './certificate-reference.js';
import { unsignedGet } from './post-as-get.js';

/**
 * Asks when a certificate should be renewed. Needs no account. {@link renewalTime} makes an instant of the answer.
 *
 * Emits once: the window, and in `retryAfterMs` when to ask again; then completes.
 *
 * Errors: {@link AcmeUnsupportedError} where the server has no renewal information, or the certificate no authority
 * key identifier; {@link AcmeProtocolError} if the reply has no window that ends after it begins;
 * {@link AcmeProblemError} for a certificate that the server does not know; {@link AcmeRateLimitedError};
 * {@link AcmeTransportError} when tried again in vain. Cost: one GET, no nonce (plus the directory where the session has
 * none). Throws `TypeError` on text that is no certificate identifier.
 *
 * @param certificate The certificate, its leaf, or what {@link certificateId} made of it.
 * @see RFC 9773 §4
 */
export function getRenewalInfo(session: AcmeSession, certificate: CertificateReference): Observable<RenewalInfo> {
  const id = referenceId('getRenewalInfo: certificate', certificate);
  return getDirectory(session).pipe(
    concatMap(({ renewalInfo, url }) => {
      if (renewalInfo === undefined) throw new AcmeUnsupportedError('the server has no renewal information', { url });
      if (id === undefined) throw unnamed();
      return unsignedGet(session, `${renewalInfo}${renewalInfo.endsWith('/') ? '' : '/'}${id}`);
    }),
    decode(decodeRenewalInfo),
  );
}

/** For a certificate that has no name. */
export const unnamed = (): AcmeUnsupportedError =>
  new AcmeUnsupportedError(
    'the certificate has no authority key identifier, without which no server can be asked about it',
  );
