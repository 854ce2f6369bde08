import { concatMap, type Observable } from 'rxjs';
import { certificateId } from '../codec/certificate-id.js';
import { decodeRenewalInfo } from '../codec/decode-renewal-info.js';
import type { CertificateDetails } from '../model/certificate.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { RenewalInfo } from '../model/renewal-info.js';
import { decode } from '../request/decode.js';
import { getDirectory } from '../request/get-directory.js';
import type { AcmeSession } from '../request/session.js';
import { unsignedGet } from './post-as-get.js';

/** The part of a certificate's details that {@link certificateId} makes a name of. */
export type CertificateNames = Pick<CertificateDetails, 'authorityKeyIdentifier' | 'serialNumber'>;

/**
 * Asks when a certificate should be renewed. Needs no account.
 *
 * Emits once: the window, and in `retryAfterMs` when to ask again; then completes.
 *
 * Errors: {@link AcmeUnsupportedError} where the server has no renewal information, or the certificate no authority
 * key identifier; {@link AcmeProtocolError} if the reply has no window that ends after it begins;
 * {@link AcmeProblemError} for a certificate that the server does not know; {@link AcmeRateLimitedError};
 * {@link AcmeTransportError} after two more tries. Cost: one GET, no nonce (plus the directory where the session has
 * none). Throws `TypeError` on text that is no certificate identifier.
 *
 * @param certificate The certificate, its leaf, or what {@link certificateId} made of it.
 * @see RFC 9773 §4
 */
export function getRenewalInfo(
  session: AcmeSession,
  certificate: string | CertificateNames | { readonly leaf: CertificateNames },
): Observable<RenewalInfo> {
  const id = idOf(certificate);
  return getDirectory(session).pipe(
    concatMap(({ renewalInfo, url }) => {
      if (renewalInfo === undefined) throw new AcmeUnsupportedError('the server has no renewal information', { url });
      if (id === undefined) {
        throw new AcmeUnsupportedError(
          'the certificate has no authority key identifier, without which no server can be asked about it',
        );
      }
      return unsignedGet(session, `${renewalInfo}${renewalInfo.endsWith('/') ? '' : '/'}${id}`);
    }),
    decode(decodeRenewalInfo),
  );
}

function idOf(certificate: string | CertificateNames | { readonly leaf: CertificateNames }): string | undefined {
  if (typeof certificate !== 'string') return certificateId('leaf' in certificate ? certificate.leaf : certificate);
  if (/^[\w-]+\.[\w-]+$/.test(certificate)) return certificate;
  throw new TypeError('getRenewalInfo: certificate must be a certificate or what certificateId returns');
}
