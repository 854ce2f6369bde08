/** The kinds of certificate key that rxacme generates. */
export type CertificateKeyType = 'P-256' | 'P-384' | 'RSA-2048' | 'RSA-3072' | 'RSA-4096';

/** The JWS algorithms of account keys. */
export type SignatureAlgorithm = 'ES256' | 'RS256' | (string & {});
