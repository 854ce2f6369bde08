import { catchError, defer, map, type Observable, of, throwError } from 'rxjs';
import { certificateId } from '../codec/certificate-id.js';
import { defined } from '../codec/defined.js';
import { fractionOf } from '../codec/fraction-of.js';
import { leafOf } from '../codec/leaf-of.js';
import { reviveRenewalTime } from '../codec/revive-renewal-time.js';
import { AcmeError } from '../model/errors/acme-error.js';
import type { RenewalInfo, RenewalWindow } from '../model/renewal-info.js';
import type { CertificateTerm, HoldsCertificate, RenewalTime, StoredRenewalTime } from '../model/renewal-time.js';
import type { AcmeSession } from '../request/session.js';
import { getRenewalInfo, unnamed } from './renewal-info.js';
import { afterAnswerMs, afterFailureMs } from './renewal-pace.js';

/** Options of {@link renewalTime}. */
export interface RenewalTimeOptions {
  /** What came out the last time, also as JSON gives it back: its window holds while the server cannot be asked. */
  readonly previous?: StoredRenewalTime | undefined;
}

/**
 * Tells when to renew a certificate, and when to ask again. Needs no account.
 *
 * Emits once, then completes. `renewAt` is an instant in the window that the server suggests, as if drawn by lot but
 * always the same for the same certificate and window, so that asking again or in another process changes nothing; it
 * leaves a twentieth of the lifetime at least. Where the server says nothing, `renewAt` is in the window of `previous`,
 * else where a third of the lifetime is left, or half of it where that is under ten days, and up to a hundredth of it
 * earlier, as if drawn by lot too; `error` says why. A certificate that has expired is due, and is not asked about.
 *
 * `askAgainAt` is when the server wants to be asked again, a minute from now at the earliest and a day at the latest.
 * After an error of the server or the network it is one, five and 25 minutes from now; after that, and after any other
 * failure, six hours. Never after the certificate has expired.
 *
 * Errors: none; a failure to ask is in `error`. Cost: one GET, no nonce (plus the directory where the session has none);
 * another for each time that the session's policy tries again. Throws `TypeError` on what is no certificate.
 *
 * @example
 * ```ts
 * const tell = (held: CertificateIssued, stored?: StoredRenewalTime) =>
 *   renewalTime(session, held, { previous: stored }).pipe(
 *     tap(({ renewAt, explanationUrl }) => console.log('renew at', renewAt, explanationUrl)),
 *   );
 * ```
 *
 * @param certificate The certificate, its leaf, the event that it came with, or as much of the leaf as is known.
 * @see RFC 9773 §4.2, §4.3
 */
export function renewalTime(
  session: AcmeSession,
  certificate: HoldsCertificate<CertificateTerm>,
  options: RenewalTimeOptions = {},
): Observable<RenewalTime> {
  const term = checkedTerm('renewalTime', certificate);
  const id = certificateId(term);
  const previous = reviveRenewalTime(options.previous);
  return defer(() => {
    if (term.notAfterAt.getTime() <= session.clock.now()) return of(byLifetime(term));
    if (id === undefined) return of({ ...byLifetime(term), error: unnamed() });
    return getRenewalInfo(session, id).pipe(
      map((info) => suggested(session, term, info, id, previous)),
      catchError((error: unknown) =>
        error instanceof AcmeError ? of(unanswered(session, term, error, previous)) : throwError(() => error),
      ),
    );
  });
}

/** The members of a certificate that say when it is due. Throws `TypeError` where they are missing. */
export function checkedTerm(what: string, certificate: HoldsCertificate<CertificateTerm>): CertificateTerm {
  const { authorityKeyIdentifier, serialNumber, notBeforeAt, notAfterAt } =
    leafOf<Partial<CertificateTerm>>(certificate);
  if (typeof serialNumber === 'string' && isDate(notBeforeAt) && isDate(notAfterAt)) {
    return { serialNumber, notBeforeAt, notAfterAt, ...defined({ authorityKeyIdentifier }) };
  }
  throw new TypeError(
    `${what}: certificate must have serialNumber, and notBeforeAt and notAfterAt as Dates, itself or in its leaf`,
  );
}

const isDate = (value: unknown): value is Date => value instanceof Date && !Number.isNaN(value.getTime());

const tenDaysMs = 10 * 24 * 3_600_000;

/** Never negative, also of a certificate that ends before it begins. */
const lifetimeMsOf = ({ notBeforeAt, notAfterAt }: CertificateTerm): number =>
  Math.max(0, notAfterAt.getTime() - notBeforeAt.getTime());

function byLifetime(term: CertificateTerm): RenewalTime {
  const lifetimeMs = lifetimeMsOf(term);
  const leftMs = lifetimeMs / (lifetimeMs < tenDaysMs ? 2 : 3);
  const earlierMs = fractionOf(term.serialNumber) * (lifetimeMs / 100);
  return { renewAt: new Date(term.notAfterAt.getTime() - leftMs - earlierMs), source: 'lifetime' };
}

function suggested(
  { clock }: AcmeSession,
  term: CertificateTerm,
  { suggestedWindow: window, explanationUrl, retryAfterMs }: RenewalInfo,
  id: string,
  previous: RenewalTime | undefined,
): RenewalTime {
  const renewAt =
    previous?.window !== undefined && isSame(previous.window, window) ? previous.renewAt : chosen(term, window, id);
  return {
    renewAt,
    source: 'renewal-info',
    window,
    ...defined({ askAgainAt: whileValid(term, clock.now() + afterAnswerMs(retryAfterMs)), explanationUrl }),
  };
}

function unanswered(
  { clock, random }: AcmeSession,
  term: CertificateTerm,
  error: AcmeError,
  previous: RenewalTime | undefined,
): RenewalTime {
  const { askAgainAt: _, ...known } = previous?.window === undefined ? byLifetime(term) : previous;
  const failures = (previous?.failures ?? 0) + 1;
  const askAgainAt = whileValid(term, clock.now() + afterFailureMs(error, failures, random));
  return { ...known, ...defined({ askAgainAt }), failures, error };
}

/** An instant in the window, and one that leaves time before the certificate expires. */
function chosen(term: CertificateTerm, { startAt, endAt }: RenewalWindow, id: string): Date {
  const latestMs = term.notAfterAt.getTime() - lifetimeMsOf(term) / 20;
  const startMs = Math.min(startAt.getTime(), latestMs);
  const endMs = Math.min(endAt.getTime(), latestMs);
  return new Date(startMs + fractionOf(id) * (endMs - startMs));
}

const isSame = (one: RenewalWindow, other: RenewalWindow): boolean =>
  one.startAt.getTime() === other.startAt.getTime() && one.endAt.getTime() === other.endAt.getTime();

const whileValid = ({ notAfterAt }: CertificateTerm, atMs: number): Date | undefined =>
  atMs < notAfterAt.getTime() ? new Date(atMs) : undefined;
