/** How WebCrypto signs under a JWS algorithm. */
export interface SigningAlgorithm {
  readonly kty: string;
  readonly crv?: string;
  readonly parameters: Readonly<{ name: string; hash?: string }>;
}

const algorithms: Readonly<Record<string, SigningAlgorithm>> = {
  ES256: { kty: 'EC', crv: 'P-256', parameters: { name: 'ECDSA', hash: 'SHA-256' } },
  RS256: { kty: 'RSA', parameters: { name: 'RSASSA-PKCS1-v1_5' } },
};

/** The algorithms that rxacme signs with itself. */
export const algorithmNames: readonly string[] = Object.keys(algorithms);

/** Throws `TypeError` on an algorithm that rxacme does not sign with itself. */
export function signingAlgorithm(alg: string): SigningAlgorithm {
  const found = Object.hasOwn(algorithms, alg) ? algorithms[alg] : undefined;
  if (found !== undefined) return found;
  throw new TypeError(
    `account key: algorithm "${alg}" is not one of ${algorithmNames.join(', ')}; for others write an AcmeSigner`,
  );
}
