/**
 * How the certificates of an order follow one another, as the server has it: it may have changed what was asked for.
 *
 * @see RFC 8739 §3.1.1
 */
export interface AutoRenewal {
  /** When the first certificate begins. Absent: as soon as the identifiers are proven. */
  readonly startAt?: Date;
  /** When the last certificate ends. */
  readonly endAt: Date;
  /** How long each certificate is valid, in milliseconds, {@link lifetimeAdjustMs} not counted. */
  readonly lifetimeMs: number;
  /** How much earlier than it would each certificate begins, in milliseconds. */
  readonly lifetimeAdjustMs: number;
  /** Whether anybody may fetch the certificate, by GET without a signature. */
  readonly allowCertificateGet: boolean;
}

/**
 * What a server offers of automatic renewal.
 *
 * @see RFC 8739 §3.2
 */
export interface AutoRenewalOffer {
  /** The shortest lifetime of a certificate, in milliseconds. */
  readonly minLifetimeMs: number;
  /** The longest time between the first certificate's begin and the last one's end, in milliseconds. */
  readonly maxDurationMs: number;
  /** Whether orders may allow GET without a signature. */
  readonly allowCertificateGet: boolean;
}
