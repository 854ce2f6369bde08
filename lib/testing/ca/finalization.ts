import { catchError, concatMap, defer, from, map, type Observable, of } from 'rxjs';
import { decodeBase64url } from '../../codec/base64url.js';
import { sameIdentifiers } from '../../codec/identifier.js';
import type { CertificateRequestDetails } from '../../model/ports.js';
import { isSameKey } from '../../x509/public-key.js';
import type { CaCore } from './operation.js';
import type { OrderRecord } from './records.js';
import { internalError, refuse } from './refusal.js';

/**
 * Takes an order's CSR, refuses it where it does not fit, and issues.
 *
 * Emits once, when the order has moved: to `valid` where the server answers synchronously, else to `processing`.
 *
 * @see RFC 8555 §7.4
 */
export const finalized = (ca: CaCore, order: OrderRecord, csr: unknown): Observable<void> =>
  from(read(ca, csr)).pipe(
    concatMap((request) => {
      if (isSameKey(request.publicKey, order.account.jwk)) refuse('badCSR', 'the CSR holds the account key');
      if (!sameIdentifiers(request.identifiers, order.identifiers)) {
        refuse('badCSR', `the CSR is for ${names(request)}, the order is not`);
      }
      order.settled = 'processing';
      const issuing = issued(ca, order, request);
      if (ca.settings.issuanceInAnswer) return issuing;
      ca.background(issuing);
      return of(undefined);
    }),
  );

function read({ settings }: CaCore, csr: unknown): Observable<CertificateRequestDetails> {
  return defer(() => settings.readRequest(decodeBase64url(String(csr)))).pipe(
    catchError((error: unknown) => refuse('badCSR', error instanceof Error ? error.message : 'the CSR cannot be read')),
  );
}

const issued = (ca: CaCore, order: OrderRecord, request: CertificateRequestDetails): Observable<void> =>
  defer(() => ca.settings.issue(order, request)).pipe(
    map(({ der, chains }) => {
      const { id, url } = ca.store.newResource('certificate');
      const certificate = { id, url, order, der, publicKey: request.publicKey, chains };
      ca.store.certificates.set(id, certificate);
      Object.assign(order, { certificate, settled: 'valid' });
      ca.store.finished(order);
    }),
    catchError((error: unknown) => {
      Object.assign(order, { settled: 'invalid', error: internalError(error) });
      ca.store.finished(order);
      return of(undefined);
    }),
  );

const names = ({ identifiers }: CertificateRequestDetails): string =>
  identifiers.map(({ value }) => value).join(', ') || 'nothing';
