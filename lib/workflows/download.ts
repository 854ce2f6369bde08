import { concatMap, defer, map, type Observable, of } from 'rxjs';
import { allowsCertificateGet } from '../codec/decode-auto-renewal.js';
import { defined } from '../codec/defined.js';
import { AcmeOrderError } from '../model/errors/order-error.js';
import { protocolFault } from '../model/errors/protocol-error.js';
import { getCertificate } from '../resources/certificate.js';
import { knownKey } from './certificate-request.js';
import { type CertificateRequest, eventBase, type Issuance, type Progress, type Step } from './issuance.js';

/**
 * Ends a valid order: downloads its certificate and checks that it is the one that was asked for.
 *
 * @see RFC 8555 §7.4.2
 */
export const download = (issuance: Issuance, progress: Progress): Observable<Step> =>
  defer(() => {
    const { account, identifiers } = issuance;
    const { order } = progress;
    const { certificate: url } = order;
    if (url === undefined) {
      throw protocolFault(order.url, 'the order is valid but has no certificate URL');
    }
    return ownKey(issuance, progress).pipe(
      concatMap(({ key, publicKey }) =>
        // Of a delegated name, another authority has the certificate, which does not know the account.
        getCertificate(allowsCertificateGet(order) ? account.session : account, url, { publicKey, identifiers }).pipe(
          map((certificate): Step => ({
            type: 'certificate-issued',
            ...eventBase(issuance, order),
            certificate,
            ...defined({ key }),
          })),
        ),
      ),
    );
  });

/** An order that was finalized by an earlier process is worth nothing without its key. */
function ownKey(issuance: Issuance, { order, request }: Progress): Observable<Omit<CertificateRequest, 'csr'>> {
  if (request !== undefined) return of(request);
  return knownKey(issuance, order).pipe(
    map((key) => {
      if (key !== undefined) return { key, publicKey: key.publicKey };
      throw new AcmeOrderError(
        'the order is finalized, and its key is not here: give the key, the CSR or its keyStore, or make a new order',
        order,
        { url: order.url },
      );
    }),
  );
}
