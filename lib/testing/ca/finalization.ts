import { catchError, concatMap, defer, from, map, type Observable, of } from 'rxjs';
import { decodeBase64url } from '../../codec/base64url.js';
import { identifierKey } from '../../codec/identifier.js';
import { namesFit } from '../../codec/requestable.js';
import type { CertificateRequestDetails } from '../../model/ports.js';
import { isSameKey } from '../../x509/public-key.js';
import { asDue } from './auto-renewals.js';
import type { CaCore } from './operation.js';
import type { OrderRecord } from './records.js';
import { checkTemplate } from './order-extensions.js';
import { internalError, refuse } from './refusal.js';

/**
 * Takes an order's CSR, refuses it where it does not fit, and issues.
 *
 * Emits once, when the order has moved: to `valid` where the server answers synchronously, else to `processing`.
 *
 * @see RFC 8555 §7.4
 */
export const finalized = (ca: CaCore, order: OrderRecord, csr: unknown): Observable<unknown> =>
  from(read(ca, csr)).pipe(
    concatMap((request) => {
      if (isSameKey(request.publicKey, order.account.jwk)) refuse('badCSR', 'the CSR holds the account key');
      if (!namesFit(request.identifiers, order.identifiers)) {
        refuse('badCSR', `the CSR is for ${names(request)}, the order is not`);
      }
      checkTemplate(order, request);
      order.settled = 'processing';
      const done$ = ca.background(issued(ca, order, asOrdered(request, order)));
      return ca.settings.issuanceInAnswer ? done$ : of(undefined);
    }),
  );

/** Nothing is certified but what was proven, whatever else a request names beside identifiers of other types. */
function asOrdered(request: CertificateRequestDetails, order: OrderRecord): CertificateRequestDetails {
  const proven = new Set(order.identifiers.map(identifierKey));
  return { ...request, identifiers: request.identifiers.filter((each) => proven.has(identifierKey(each))) };
}

function read({ settings }: CaCore, csr: unknown): Observable<CertificateRequestDetails> {
  if (typeof csr !== 'string') return refuse('badCSR', 'csr must be the DER of a request, in base64url');
  return defer(() => settings.readRequest(decodeBase64url(csr))).pipe(
    catchError((error: unknown) => refuse('badCSR', error instanceof Error ? error.message : 'the CSR cannot be read')),
  );
}

const issued = (ca: CaCore, order: OrderRecord, request: CertificateRequestDetails): Observable<void> =>
  defer(() => {
    const due = asDue(order, ca.now());
    return from(ca.settings.issue(due, request)).pipe(map((made) => ({ ...made, validity: due.validity })));
  }).pipe(
    map(({ der, chains, validity }) => {
      const isShared = order.renewal !== undefined || order.allowsGet === true;
      const { id, url } = ca.store.newResource(isShared ? 'shared-certificate' : 'certificate');
      const certificate = { id, url, order, der, publicKey: request.publicKey, chains, request, validity };
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
