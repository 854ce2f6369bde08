import { concatMap, defer, map, type Observable } from 'rxjs';
import { toIdentifiers } from '../codec/identifier.js';
import type { Authority } from '../testing/issuing/authority.js';
import { generateCertificateKey } from '../x509/certificate-key.js';

/** What a TLS server shows, and proves to have, PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

const days = 397;
const hourMs = 3_600_000;
const loopback = ['localhost', '127.0.0.1', '::1'];

/** Emits a certificate of the authority for this machine and the names that it has besides, with its key. */
export const serverCertificate = (authority: Authority, names: readonly string[]): Observable<ServerCertificate> =>
  generateCertificateKey('P-256').pipe(
    concatMap((key) => {
      const request = { identifiers: toIdentifiers([...loopback, ...names]), publicKey: key.publicKey };
      const notBeforeAt = new Date(Date.now() - hourMs);
      const notAfterAt = new Date(notBeforeAt.getTime() + days * 24 * hourMs);
      return defer(() => authority.issue(request, { notBeforeAt, notAfterAt })).pipe(
        concatMap(({ chains: [cert = ''] }) => key.exportPem().pipe(map((pem) => ({ cert, key: pem })))),
      );
    }),
  );
