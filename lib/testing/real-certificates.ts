import { concatMap, defer, map, type Observable, type TimestampProvider } from 'rxjs';
import type { CertificateRequestDetails } from '../model/ports.js';
import { certificateReader } from '../x509/default-x509.js';
import type { IssuedCertificate } from './ca/operation.js';
import type { Authority } from './issuing/authority.js';
import type { Validity } from './issuing/validity.js';

/** What a fake CA does with real requests. */
export interface RealCertificates {
  /** Emits what a request says, once. Errors where it is none, its key is too weak or its signature wrong. */
  readRequest(csr: Uint8Array): Observable<CertificateRequestDetails>;
  /** Emits a certificate, once. Errors where the authority itself is not valid for so long. */
  issue(request: CertificateRequestDetails, validity: Validity): Observable<IssuedCertificate>;
}

const loadIssuing = () => import('./issuing/issuing.js');

/** Issues real certificates. What that takes is loaded, and the keys of the authority made, when the first is asked for. */
export function realCertificates(
  clock: TimestampProvider,
  alternateRoots: number,
  takesOtherNames = false,
): RealCertificates {
  let made: Promise<Authority> | undefined;
  return {
    readRequest: (csr) =>
      certificateReader.readRequest(csr).pipe(
        concatMap((request) =>
          defer(loadIssuing).pipe(
            concatMap(({ checkRequest }) => checkRequest(csr, takesOtherNames)),
            map(() => request),
          ),
        ),
      ),
    issue: (request, validity) =>
      defer(loadIssuing).pipe(
        concatMap(
          ({ makeAuthority }) =>
            (made ??= makeAuthority({ madeAt: new Date(clock.now()), name: 'rxacme fake', alternateRoots })),
        ),
        concatMap((authority) => authority.issue(request, validity)),
      ),
  };
}
