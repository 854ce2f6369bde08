/** The kinds of certificate key that rxacme generates. */
export type CertificateKeyType = (typeof certificateKeyTypes)[number];

/** All of {@link CertificateKeyType}. */
export const certificateKeyTypes = ['P-256', 'P-384', 'RSA-2048', 'RSA-3072', 'RSA-4096'] as const;

/** The JWS algorithms of account keys. */
export type SignatureAlgorithm = 'ES256' | 'RS256' | (string & {});
