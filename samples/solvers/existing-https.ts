/** tls-alpn-01 within an HTTPS server that has port 443 already: no port 80, no restart, no connection lost. */
import type { Server } from 'node:tls';
import { concatMap, EMPTY, map, type Observable } from 'rxjs';
import { type AcmeAccount, type CertificateIssued, obtainCertificate, toCertificate } from 'rxacme';
import { tlsAlpn01Hook } from 'rxacme/node';

/** Obtains a certificate through the very server that it is for, and has the server use it for new connections. */
export const renewInPlace = (account: AcmeAccount, server: Server, host: string): Observable<CertificateIssued> =>
  obtainCertificate(account, { identifiers: [host], solvers: [tlsAlpn01Hook(server)] }).pipe(
    toCertificate(),
    concatMap((issued) =>
      (issued.key?.exportPem() ?? EMPTY).pipe(
        map((key) => {
          server.setSecureContext({ cert: issued.certificate.chainPem, key });
          return issued;
        }),
      ),
    ),
  );
