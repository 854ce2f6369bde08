/** The kinds of certificate key that rxacme generates. Few public authorities take Ed25519. */
export type CertificateKeyType = (typeof certificateKeyTypes)[number];

/** All of {@link CertificateKeyType}. */
export const certificateKeyTypes = ['P-256', 'P-384', 'RSA-2048', 'RSA-3072', 'RSA-4096', 'Ed25519'] as const;

/** The JWS algorithms of account keys; others by an `AcmeSigner` of one's own. Every server takes `ES256`. */
export type SignatureAlgorithm = 'ES256' | 'ES384' | 'ES512' | 'RS256' | 'EdDSA' | (string & {});
