import type { CertificateDetails } from './certificate.js';
import type { AcmeError } from './errors/acme-error.js';
import type { RenewalWindow } from './renewal-info.js';

/** What has to be known of a certificate to tell when it is due: a few members of its details. */
export type CertificateTerm = Pick<
  CertificateDetails,
  'authorityKeyIdentifier' | 'serialNumber' | 'notBeforeAt' | 'notAfterAt'
>;

/** A certificate's details, or what holds them: the certificate, or the last event of its issuance. */
export type HoldsCertificate<Details> =
  Details | { readonly leaf: Details } | { readonly certificate: Details | { readonly leaf: Details } };

/**
 * When to renew a certificate, and when to ask about it again.
 *
 * @see RFC 9773 §4.2, §4.3
 */
export interface RenewalTime {
  /** Renew then. An instant that is past means at once. The same for as long as the window stays the same. */
  readonly renewAt: Date;
  /** Ask again then. Absent where no answer could change anything any more. */
  readonly askAgainAt?: Date;
  /** Who says so: the server, or the part of the certificate's lifetime that is over. */
  readonly source: 'renewal-info' | 'lifetime';
  /** The window that the server suggests, where it does. */
  readonly window?: RenewalWindow;
  /** A page that says why the window is where it is, to be shown to a person. */
  readonly explanationUrl?: string;
  /** How many look-ups in a row have failed, this one included. Absent where it did not fail. */
  readonly failures?: number;
  /** Why the server said nothing this time. The rest is what was known before, or by the lifetime. */
  readonly error?: AcmeError;
}

/** A {@link RenewalTime} as it was emitted, or as it comes back from JSON. */
export interface StoredRenewalTime extends Omit<RenewalTime, 'renewAt' | 'askAgainAt' | 'window' | 'error'> {
  /** As in {@link RenewalTime}. */
  readonly renewAt: Date | string;
  /** As in {@link RenewalTime}. */
  readonly askAgainAt?: Date | string;
  /** As in {@link RenewalTime}. */
  readonly window?: { readonly startAt: Date | string; readonly endAt: Date | string };
}
