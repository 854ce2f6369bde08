import { concat, concatMap, defer, type Observable, of } from 'rxjs';
import { toIdentifiers } from '../codec/identifier.js';
import { checkRequestable } from '../codec/requestable.js';
import type { IdentifiersLeftOut, IssuanceEvent } from '../model/events.js';
import type { AcmeAccount } from '../request/account.js';
import { refuseAccountKey } from '../resources/finalize.js';
import type { NewOrderOptions } from '../resources/new-order-request.js';
import { checkedRequest } from './certificate-request.js';
import { fulfilOrder } from './fulfil-order.js';
import { type CertificateRequest, eventBase, type Issuance, orderEvent } from './issuance.js';
import { checkedOptions, type IssuanceOptions } from './issuance-options.js';
import { placeOrder, type PlacedOrder, type RefusalPolicy } from './place-order.js';
import { withOrderUrl } from './with-order-url.js';

/** Options of {@link obtainCertificate}. */
export interface ObtainCertificateOptions extends IssuanceOptions, NewOrderOptions {
  /**
   * What to do where the server refuses some of the identifiers: {@link leaveOutRefused} goes on without them. Not with
   * `csr`, which names all of them. Default: the refusal stands.
   */
  readonly whenRefused?: RefusalPolicy | undefined;
}

/**
 * Obtains a certificate: orders it, proves control over each name, finalizes the order and downloads the chain.
 *
 * Emits an {@link IssuanceEvent} for each thing that happens, the first of which carries the order's URL to resume
 * it by, and completes after `certificate-issued`. Cold: each subscription orders another certificate.
 * Unsubscribing at any moment aborts the request under way, stops every timer and withdraws what was presented.
 *
 * Errors, with `orderUrl` once there is an order:
 * - {@link AcmeAuthorizationError} with every name that failed and why;
 * - {@link AcmeOrderError}, also where the server changes what an order is for;
 * - {@link AcmeRateLimitedError} and other {@link AcmeProblemError}s: the server refuses;
 * - {@link AcmeUnsupportedError} where no solver fits, or the server offers no such profile or extension;
 * - {@link AcmeInputError} for a CSR of other names or a key that is the account's, before any request;
 * - {@link AcmeTimeoutError} with the last state seen;
 * - {@link AcmePortError} where a key store fails;
 * - {@link AcmeProtocolError}, also where the certificate is not the one that was asked for;
 * - {@link AcmeTransportError}: no answer came.
 *
 * Throws `TypeError` on options that cannot work.
 *
 * Cost: 2 S + 5 requests for S names, 2 less for each name that is authorized already, and one for each further look at
 * the order.
 *
 * @example
 * ```ts
 * const certificate$ = obtainCertificate(account, {
 *   identifiers: ['example.org', '*.example.org'],
 *   solvers: [dns01({ add: (record) => of(record.name), remove: (record) => of(record.name) })],
 * }).pipe(toCertificate());
 * ```
 *
 * @param account Whose order it is: what {@link newAccount} emits, or {@link acmeAccount} makes of what was stored.
 * @param options `identifiers` and `solvers`, the names and what proves them, are needed; all others have defaults: a new
 * `P-256` key, no limits of validity, the server's own profile.
 * @see RFC 8555 §7.4, §7.5, §8
 */
export function obtainCertificate(account: AcmeAccount, options: ObtainCertificateOptions): Observable<IssuanceEvent> {
  const { identifierTypes } = account.session.state;
  const identifiers = toIdentifiers(options.identifiers, identifierTypes);
  const { csr, ...checked } = checkedOptions('obtainCertificate', options);
  if (csr === undefined) checkRequestable(identifiers, identifierTypes);
  const issuance: Issuance = { account, ...checked, identifiers };
  const placed$ = placeOrder(account, { ...options, identifiers });
  const request$: Observable<CertificateRequest | undefined> = defer(() => {
    if (checked.options.key !== undefined) refuseAccountKey(account, checked.options.key.publicKey);
    return csr === undefined ? of(undefined) : checkedRequest(issuance, csr);
  });
  return request$.pipe(concatMap((request) => placed$.pipe(concatMap((placed) => fulfil(issuance, placed, request)))));
}

const fulfil = (
  issuance: Issuance,
  { order, identifiers, leftOut }: PlacedOrder,
  request: CertificateRequest | undefined,
): Observable<IssuanceEvent> => {
  const told$ = defer(() => {
    const created = orderEvent(issuance, order, false);
    const refused: IdentifiersLeftOut = { type: 'identifiers-left-out', ...eventBase(issuance, order), leftOut };
    return leftOut.length === 0 ? of(created) : of(created, refused);
  });
  return concat(told$, fulfilOrder({ ...issuance, identifiers }, { order, request, finalizations: 0 })).pipe(
    withOrderUrl(order.url),
  );
};
