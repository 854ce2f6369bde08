/** An application that wants a certificate for each of a stream of host names, a few at a time. */
import { catchError, defer, map, mergeMap, type Observable, of } from 'rxjs';
import {
  type AcmeAccount,
  type CertificateIssued,
  type ChallengeSolver,
  obtainCertificate,
  toCertificate,
} from 'rxacme';

/** What became of one host name. The error is an `AcmeError`, or a `TypeError` where the text is no host name. */
export type Outcome =
  { readonly host: string; readonly issued: CertificateIssued } | { readonly host: string; readonly error: Error };

/** How the application gets one certificate. */
export type Obtain = (host: string) => Observable<CertificateIssued>;

/** The application's own pipeline: one failure is an outcome like any other, and stops nobody else. */
export const issueAll = (hosts$: Observable<string>, obtain: Obtain, atATime: number): Observable<Outcome> =>
  hosts$.pipe(
    mergeMap(
      (host) =>
        defer(() => obtain(host)).pipe(
          map((issued): Outcome => ({ host, issued })),
          catchError((error: Error) => of<Outcome>({ host, error })),
        ),
      atATime,
    ),
  );

/** In production `obtain` is rxacme; in the application's marble tests it is a marble diagram. */
export const obtainWith =
  (account: AcmeAccount, solvers: readonly ChallengeSolver[]): Obtain =>
  (host) =>
    obtainCertificate(account, { identifiers: [host], solvers }).pipe(toCertificate());
