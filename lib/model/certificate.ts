import type { Identifier } from './identifier.js';
import type { ResponseContext } from './retrieved.js';

/** What one X.509 certificate says. */
export interface CertificateDetails {
  /** The certificate itself. */
  readonly der: Uint8Array;
  /** Distinguished names in the text form of RFC 4514, as far as this library reads them. */
  readonly subject: string;
  /** As {@link subject}. */
  readonly issuer: string;
  /** DNS names and IP addresses of the subject alternative name extension. */
  readonly identifiers: readonly Identifier[];
  /** The content octets of the serial number in lower-case hexadecimal, a leading `00` included. */
  readonly serialNumber: string;
  /** Valid from then on. */
  readonly notBeforeAt: Date;
  /** Valid until then. */
  readonly notAfterAt: Date;
  /** The DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** The key identifier of the authority key identifier extension, in lower-case hexadecimal. */
  readonly authorityKeyIdentifier?: string;
}

/**
 * A certificate chain as downloaded.
 *
 * @see RFC 8555 §7.4.2
 */
export interface Certificate extends ResponseContext {
  /** PEM, leaf first, as the server sent it. */
  readonly chainPem: string;
  /** The certificates of {@link chainPem}, leaf first. */
  readonly chain: readonly CertificateDetails[];
  /** The first of {@link chain}. */
  readonly leaf: CertificateDetails;
  /** URLs of other chains for the same leaf. */
  readonly alternates: readonly string[];
}
