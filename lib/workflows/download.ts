import { concatMap, map, type Observable, of, throwError } from 'rxjs';
import { AcmeOrderError } from '../model/errors/order-error.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import { getCertificate } from '../resources/certificate.js';
import { checkedRequest, knownKey } from './finalize.js';
import { type CertificateRequest, eventBase, type Issuance, type Progress, type Step } from './issuance.js';

/**
 * Ends a valid order: downloads its certificate and checks that it is the one that was asked for.
 *
 * @see RFC 8555 §7.4.2
 */
export const download = (issuance: Issuance, progress: Progress): Observable<Step> => {
  const { account, identifiers } = issuance;
  const { order } = progress;
  const { certificate: url } = order;
  if (url === undefined) {
    return throwError(
      () => new AcmeProtocolError(`${order.url}: the order is valid but has no certificate URL`, { url: order.url }),
    );
  }
  return ownKey(issuance, progress).pipe(
    concatMap(({ key, publicKey }) =>
      getCertificate(account, url, { publicKey, identifiers }).pipe(
        map((certificate) => ({
          type: 'certificate-issued' as const,
          ...eventBase(issuance, order),
          certificate,
          ...(key === undefined ? {} : { key }),
        })),
      ),
    ),
  );
};

/** An order that was finalized by an earlier process is worth nothing without its key. */
function ownKey(issuance: Issuance, progress: Progress): Observable<Pick<CertificateRequest, 'key' | 'publicKey'>> {
  if (progress.request !== undefined) return of(progress.request);
  if (issuance.csr !== undefined) return checkedRequest(issuance, issuance.csr);
  return knownKey(issuance, progress).pipe(
    map((key) => {
      if (key !== undefined) return { key, publicKey: key.publicKey };
      throw new AcmeOrderError(
        'the order is finalized, but the key of its certificate is not here: give the key, the CSR, or a keyStore that can load it; or make a new order',
        progress.order,
        { url: progress.order.url },
      );
    }),
  );
}
