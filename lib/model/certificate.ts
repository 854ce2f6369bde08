import type { Identifier } from './identifier.js';
import type { CertificateKeyType } from './key-type.js';
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
  /** The kind of the key and its size: `P-256`, `RSA-2048`, `Ed25519`; the OID of a kind unknown here. */
  readonly keyType: CertificateKeyType | (string & {});
  /** Whether it may sign certificates, as its basic constraints say. */
  readonly isCa: boolean;
  /** The value of the subject key identifier extension, in lower-case hexadecimal. */
  readonly subjectKeyIdentifier?: string;
  /** The key identifier of the authority key identifier extension, in lower-case hexadecimal. */
  readonly authorityKeyIdentifier?: string;
}

/**
 * What `JSON.stringify` keeps of a {@link Certificate}: the rest is read from the chain again by `decodeCertificate`.
 */
export interface StoredCertificate extends ResponseContext {
  /** PEM, leaf first, as the server sent it. */
  readonly chainPem: string;
  /** URLs of other chains for the same leaf. */
  readonly alternates: readonly string[];
}

/**
 * A certificate chain as downloaded.
 *
 * @see RFC 8555 §7.4.2
 */
export interface Certificate extends StoredCertificate {
  /** The certificates of {@link chainPem}, leaf first. */
  readonly chain: readonly CertificateDetails[];
  /** The first of {@link chain}. */
  readonly leaf: CertificateDetails;
}
