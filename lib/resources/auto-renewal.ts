import { readDirectoryExtensions } from '../codec/directory-extensions.js';
import { formatRfc3339 } from '../codec/format-rfc3339.js';
import type { AutoRenewalOffer } from '../model/auto-renewal.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { OrderExtension } from '../model/order-extension.js';

/** Options of {@link autoRenewal}. */
export interface AutoRenewalOptions {
  /** When the last certificate ends. */
  readonly endAt: Date;
  /** How long each certificate is valid, in milliseconds, whole seconds. */
  readonly lifetimeMs: number;
  /** When the first certificate begins. Default: as soon as the identifiers are proven. */
  readonly startAt?: Date | undefined;
  /** How much earlier than it would each certificate begins, in milliseconds, whole seconds: for clocks that are slow. Default: 0. */
  readonly lifetimeAdjustMs?: number | undefined;
  /** Whether anybody may fetch the certificate, by GET without a signature. Default: false. */
  readonly allowCertificateGet?: boolean | undefined;
}

/**
 * Has the server renew the certificate of an order by itself, for the same names and the same key. Follow the certificates
 * with {@link followCertificate}; end the renewal with {@link cancelAutoRenewal}.
 *
 * Emits nothing: the value goes into the `extensions` of a new order, which errors with {@link AcmeUnsupportedError}
 * before anything is sent where the server offers no automatic renewal, a longer lifetime only, a shorter duration only
 * (told where `startAt` is given), or no GET, and with {@link AcmeInputError} where it has `notBeforeAt` or
 * `notAfterAt`. Cost: none. Throws
 * `TypeError` on dates and durations that cannot be.
 *
 * @example
 * ```ts
 * const issued$ = obtainCertificate(account, {
 *   identifiers: ['example.org'],
 *   solvers: [],
 *   extensions: [autoRenewal({ endAt: new Date('2027-06-30T00:00:00Z'), lifetimeMs: 4 * 86_400_000 })],
 * });
 * ```
 *
 * @see RFC 8739 §3.1.1, §3.2
 */
export function autoRenewal(options: AutoRenewalOptions): OrderExtension {
  const { startAt, endAt, lifetimeMs, lifetimeAdjustMs = 0, allowCertificateGet = false } = options;
  const end = formatRfc3339('autoRenewal: endAt', endAt);
  const start = startAt && formatRfc3339('autoRenewal: startAt', startAt);
  // Text of this form sorts as the instants do.
  if (start !== undefined && start >= end) throw new TypeError('autoRenewal: endAt must be later than startAt');
  checkSeconds('lifetimeMs', lifetimeMs, 1000);
  checkSeconds('lifetimeAdjustMs', lifetimeAdjustMs, 0);
  return (directory, payload) => {
    const refusal = refusalOf(readDirectoryExtensions(directory).autoRenewal, options);
    if (refusal !== undefined) throw new AcmeUnsupportedError(refusal, { url: directory.url });
    if ('notBefore' in payload || 'notAfter' in payload) {
      throw new AcmeInputError(
        'an order with autoRenewal cannot have notBeforeAt or notAfterAt: give startAt and endAt',
      );
    }
    return {
      'auto-renewal': {
        ...(start === undefined ? {} : { 'start-date': start }),
        'end-date': end,
        lifetime: lifetimeMs / 1000,
        ...(lifetimeAdjustMs === 0 ? {} : { 'lifetime-adjust': lifetimeAdjustMs / 1000 }),
        ...(allowCertificateGet ? { 'allow-certificate-get': true } : {}),
      },
    };
  };
}

function refusalOf(offer: AutoRenewalOffer | undefined, options: AutoRenewalOptions): string | undefined {
  const { startAt, endAt, lifetimeMs, allowCertificateGet } = options;
  if (offer === undefined) return 'the server renews nothing by itself: its directory has no meta.auto-renewal';
  const { minLifetimeMs, maxDurationMs } = offer;
  if (lifetimeMs < minLifetimeMs)
    return `the server renews certificates of ${minLifetimeMs / 1000} s at least, lifetimeMs asks for ${lifetimeMs / 1000} s`;
  const durationMs = startAt === undefined ? 0 : endAt.getTime() - startAt.getTime();
  if (durationMs > maxDurationMs)
    return `the server renews for ${maxDurationMs / 1000} s at most, from startAt to endAt it is ${durationMs / 1000} s`;
  if (allowCertificateGet === true && !offer.allowCertificateGet)
    return 'the server does not give certificates away without a signature: meta.auto-renewal has no allow-certificate-get';
  return undefined;
}

function checkSeconds(name: string, ms: unknown, least: number): void {
  if (typeof ms === 'number' && Number.isInteger(ms / 1000) && ms >= least) return;
  throw new TypeError(
    `autoRenewal: ${name} must be a number of milliseconds in whole seconds, ${least} at least, found ${String(ms)}`,
  );
}
