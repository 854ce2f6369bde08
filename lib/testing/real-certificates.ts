import { concatMap, defer, map, type Observable, type TimestampProvider } from 'rxjs';
import type { CertificateRequestDetails } from '../model/ports.js';
import { certificateReader } from '../x509/default-x509.js';
import type { IssuedCertificate } from './ca/operation.js';
import type { Authority } from './issuing/authority.js';

/** What a fake CA does with real requests. */
export interface RealCertificates {
  /** Emits what a request says, once. Errors where it is none, its key is too weak or its signature wrong. */
  readRequest(csr: Uint8Array): Observable<CertificateRequestDetails>;
  /** Emits a certificate, once. */
  issue(request: CertificateRequestDetails): Observable<IssuedCertificate>;
}

const loadIssuing = () => import('./issuing/issuing.js');

/** Issues real certificates. What that takes is loaded, and the keys of the authority made, when the first is asked for. */
export function realCertificates(
  clock: TimestampProvider,
  lifetimeMs: number,
  alternateRoots: number,
): RealCertificates {
  let made: Promise<Authority> | undefined;
  return {
    readRequest: (csr) =>
      certificateReader.readRequest(csr).pipe(
        concatMap((request) =>
          defer(loadIssuing).pipe(
            concatMap(({ checkRequest }) => checkRequest(csr)),
            map(() => request),
          ),
        ),
      ),
    issue: (request) =>
      defer(loadIssuing).pipe(
        concatMap(
          ({ makeAuthority }) =>
            (made ??= makeAuthority({ madeAt: new Date(clock.now()), name: 'rxacme fake', alternateRoots })),
        ),
        concatMap((authority) => {
          const notBeforeAt = new Date(clock.now());
          return authority.issue(request, { notBeforeAt, notAfterAt: new Date(notBeforeAt.getTime() + lifetimeMs) });
        }),
      ),
  };
}
