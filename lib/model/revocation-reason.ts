/**
 * Why a certificate is revoked, by its name in RFC 5280. Few CAs take all: those of the public web take
 * `unspecified`, `keyCompromise`, `superseded` and `cessationOfOperation`.
 *
 * @see RFC 8555 §7.6, RFC 5280 §5.3.1
 */
export type RevocationReason = keyof typeof revocationReasons;

/** The reason codes, by name. Code 7 has no meaning. */
export const revocationReasons = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  removeFromCRL: 8,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;
