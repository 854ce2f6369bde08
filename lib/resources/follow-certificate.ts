import { catchError, concatMap, defer, EMPTY, expand, filter, map, type Observable, of, throwError } from 'rxjs';
import { allowsCertificateGet, readAutoRenewal } from '../codec/decode-auto-renewal.js';
import type { Certificate } from '../model/certificate.js';
import { AcmeProblemError, AcmeRateLimitedError } from '../model/errors/problem-error.js';
import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import { AcmeTransportError } from '../model/errors/transport-error.js';
import type { Order } from '../model/order.js';
import type { ExpectedLeaf } from '../model/ports.js';
import type { AcmeAccount } from '../request/account.js';
import type { AcmeSession } from '../request/session.js';
import { waitUntil } from '../rx/wait.js';
import { getCertificate } from './certificate.js';
import { isProblem } from './update-account.js';

/** The part of a certificate's life after which it is looked at again, once its successor is due. */
const spacing = 1 / 24;

/** What a look at the URL came to. */
interface Look {
  readonly certificate: Certificate;
  /** Whether it is the first one, or another than the one before. */
  readonly isNew: boolean;
  /** The first moment for the next look. */
  readonly notBeforeMs: number;
  /** Why there was nothing to be seen this time. */
  readonly failure?: unknown;
}

/**
 * Follows the certificate of an order that the server renews by itself. The first look is at once, the next one when half
 * of a certificate's life is over, by when its successor has to be there; from then on one every 24th part of its life, or
 * when `Retry-After` says.
 *
 * Emits the current certificate, and each one that takes its place, checked as {@link getCertificate} checks it and against
 * key and names of the first. Completes at the order's end date, or when the server says that the renewal is over: then
 * `canceled` is the order's status if it was ended by hand. A look that fails for lack of a connection, or for a server
 * that is busy or broken, is made again as long as the certificate at hand is valid. Without a signature where the order
 * allows it.
 *
 * Errors: {@link AcmeTimeoutError}, `last` being the certificate, where it ended and there is no other;
 * {@link AcmeProtocolError} where a chain fails a check; {@link AcmeProblemError}; {@link AcmeTransportError}. Cost: one
 * request for each look, two for most certificates; one timer. Throws `TypeError` on an order without a certificate.
 *
 * @example
 * ```ts
 * const certificates$ = getOrder(account, 'https://ca.example/order/1').pipe(
 *   concatMap((order) => followCertificate(account, order)),
 * );
 * ```
 *
 * @param by The account; or only the session, for an order that allows GET without a signature.
 * @param expected The key and the names that each certificate must have. Default: those of the first.
 * @see RFC 8739 §3.3, §3.5
 */
export function followCertificate(
  by: AcmeAccount | AcmeSession,
  order: Pick<Order, 'url' | 'certificate' | 'raw'>,
  expected?: ExpectedLeaf,
): Observable<Certificate> {
  const { url, certificate } = order;
  if (certificate === undefined) throw new TypeError(`followCertificate: the order ${url} has no certificate yet`);
  const session = 'signer' in by ? by.session : by;
  const reader = allowsCertificateGet(order) ? session : by;
  const endAt = readAutoRenewal(order)?.endAt;
  const read = (leaf: ExpectedLeaf | undefined) => getCertificate(reader, certificate, leaf);
  return defer(() => read(expected)).pipe(
    map((first) => seen(session, first)),
    expand((last) => next(session, last, endAt, () => read(expected ?? last.certificate.leaf)), 1),
    catchError((error: unknown) => (isOver(error) ? EMPTY : throwError(() => error))),
    filter(({ isNew }) => isNew),
    map((look) => look.certificate),
  );
}

/** What was seen, and when its successor is due. */
function seen({ clock }: AcmeSession, certificate: Certificate, before?: Certificate): Look {
  const { notBeforeAt, notAfterAt, der } = certificate.leaf;
  const lifeMs = notAfterAt.getTime() - notBeforeAt.getTime();
  const old = before?.leaf.der;
  const isNew = old?.length !== der.length || !der.every((octet, index) => octet === old[index]);
  const dueMs = isNew ? notBeforeAt.getTime() + lifeMs / 2 : 0;
  const { retryAfterMs = 0 } = certificate;
  const waitMs = retryAfterMs > 0 ? retryAfterMs : Math.max(1000, lifeMs * spacing);
  const nowMs = clock.now();
  return { certificate, isNew, notBeforeMs: retryAfterMs > 0 || dueMs <= nowMs ? nowMs + waitMs : dueMs };
}

function next(
  session: AcmeSession,
  last: Look,
  endAt: Date | undefined,
  read: () => Observable<Certificate>,
): Observable<Look> {
  const { certificate, notBeforeMs } = last;
  const { notAfterAt } = certificate.leaf;
  const endMs = endAt?.getTime() ?? Infinity;
  // After the last one there is nothing to look for.
  const isLast = notAfterAt.getTime() >= endMs - 1000 || notBeforeMs >= endMs;
  if (isLast) return waitUntil(new Date(endMs), session).pipe(concatMap(() => EMPTY));
  // One look is owed to the moment at which the certificate ends.
  const hasEnded = session.clock.now() >= notAfterAt.getTime();
  if (hasEnded) return throwError(() => last.failure ?? tooLate(certificate));
  const lookAt = new Date(Math.min(notBeforeMs, notAfterAt.getTime()));
  return waitUntil(lookAt, session).pipe(
    concatMap(read),
    map((found) => seen(session, found, certificate)),
    catchError((error: unknown) => (isPassing(error) ? of(failed(session, last, error)) : throwError(() => error))),
  );
}

/** As {@link seen}, where there was nothing to be seen. */
function failed({ clock }: AcmeSession, { certificate }: Look, failure: unknown): Look {
  const { notBeforeAt, notAfterAt } = certificate.leaf;
  const waitMs = Math.max(1000, (notAfterAt.getTime() - notBeforeAt.getTime()) * spacing);
  const { retryAfterMs = 0 } = failure as AcmeProblemError;
  return { certificate, isNew: false, notBeforeMs: clock.now() + Math.max(waitMs, retryAfterMs), failure };
}

const isPassing = (error: unknown): boolean =>
  error instanceof AcmeTransportError ||
  error instanceof AcmeRateLimitedError ||
  (error instanceof AcmeProblemError && (error.status ?? 0) >= 500);

const isOver = (error: unknown): boolean =>
  isProblem(error, 'autoRenewalCanceled') || isProblem(error, 'autoRenewalExpired');

const tooLate = (certificate: Certificate): AcmeTimeoutError =>
  new AcmeTimeoutError(
    `the certificate ended at ${certificate.leaf.notAfterAt.toISOString()}, and no other is at ${certificate.url}`,
    certificate,
    { url: certificate.url },
  );
