import { type MonoTypeOperatorFunction, tap } from 'rxjs';
import { reviveRenewalTime } from '../codec/revive-renewal-time.js';
import type { CertificateTerm, HoldsCertificate, RenewalTime, StoredRenewalTime } from '../model/renewal-time.js';
import type { AcmeSession } from '../request/session.js';
import { renewalTime } from '../resources/renewal-time.js';
import { revisit } from '../rx/revisit.js';

/** Options of {@link whenDue}. */
export interface WhenDueOptions<T> {
  /** The certificate that a value is about. Default: the value itself, its member `leaf`, or its `certificate`. */
  readonly certificate?: ((value: T) => HoldsCertificate<CertificateTerm>) | undefined;
  /** How many certificates are asked about at a time. Default: 16. */
  readonly maxLookUps?: number | undefined;
  /** What `onRenewalTime` told of a value earlier; then it is not asked about before its time. Default: nothing. */
  readonly previous?: ((value: T) => StoredRenewalTime | undefined) | undefined;
  /** Hears what every look-up comes to: when a value is due, the page that says why, and why nothing could be learned. */
  readonly onRenewalTime?: ((time: RenewalTime, value: T) => void) | undefined;
}

/**
 * Passes values on when the certificates that they are about are due for renewal.
 *
 * Emits the values of the source, each once, in the order in which they become due. Errors with the source.
 *
 * @see RFC 9773 §4
 */
export function whenDue<T>(
  session: AcmeSession,
  options: WhenDueOptions<T> & Required<Pick<WhenDueOptions<T>, 'certificate'>>,
): MonoTypeOperatorFunction<T>;
/**
 * Passes certificates on when they are due for renewal, as {@link renewalTime} tells it. Each is asked about when it
 * comes and again whenever the server wants that, so that it is passed on earlier or later where the window moves, and
 * at once where it was revoked.
 *
 * Emits the values of the source, each once, in the order in which they become due; completes when the source has and
 * none waits. Errors with the source, at once; with `TypeError` on a value that is no certificate. A server that cannot
 * be asked is no error: the part of the lifetime that is over decides. Unsubscribing forgets all that wait. Cost: for
 * each value a GET at once and one whenever the server wants it, every six hours say; one timer and some hundred bytes
 * for each value, however many wait. Throws `TypeError` if `maxLookUps` is not a whole number.
 *
 * A certificate is the leaf's details, or as many members of them as are known; what is kept elsewhere is read by the
 * option `certificate`.
 *
 * @example
 * ```ts
 * const watch = (held: readonly CertificateIssued[]) =>
 *   from(held).pipe(
 *     whenDue(session, {
 *       onRenewalTime: ({ renewAt, explanationUrl, error }, { orderUrl }) =>
 *         console.log(orderUrl, 'is due', renewAt, explanationUrl, error?.message),
 *     }),
 *   );
 * ```
 *
 * @see RFC 9773 §4
 */
export function whenDue<T extends HoldsCertificate<CertificateTerm>>(
  session: AcmeSession,
  options?: WhenDueOptions<T>,
): MonoTypeOperatorFunction<T>;
export function whenDue<T>(session: AcmeSession, options: WhenDueOptions<T> = {}): MonoTypeOperatorFunction<T> {
  const { maxLookUps = 16, onRenewalTime } = options;
  if (!(Number.isInteger(maxLookUps) && maxLookUps > 0)) {
    throw new TypeError(`whenDue: maxLookUps must be a whole number of at least 1, found ${String(maxLookUps)}`);
  }
  const certificateOf = options.certificate ?? ((value: T) => value as HoldsCertificate<CertificateTerm>);
  return revisit<T, RenewalTime>({
    look: (value, previous) => {
      const time$ = renewalTime(session, certificateOf(value), { previous });
      return onRenewalTime === undefined ? time$ : time$.pipe(tap((time) => onRenewalTime(time, value)));
    },
    known: (value) => reviveRenewalTime(options.previous?.(value)),
    dueAt: ({ renewAt }) => renewAt,
    lookAgainAt: ({ askAgainAt }) => askAgainAt,
    maxLooks: maxLookUps,
    scheduler: session.scheduler,
    clock: session.clock,
  });
}
