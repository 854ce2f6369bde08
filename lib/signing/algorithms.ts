/** How WebCrypto works under a JWS algorithm. */
export interface SigningAlgorithm {
  /** The key type and the curve of the JWK. */
  readonly kty: string;
  readonly crv?: string;
  /** What a key is imported with. */
  readonly key: Readonly<{ name: string; namedCurve?: string; hash?: string }>;
  /** What is signed and verified with. */
  readonly signature: Readonly<{ name: string; hash?: string }>;
}

const ecdsa = (crv: string, hash: string): SigningAlgorithm => ({
  kty: 'EC',
  crv,
  key: { name: 'ECDSA', namedCurve: crv },
  signature: { name: 'ECDSA', hash },
});

const algorithms: Readonly<Record<string, SigningAlgorithm>> = {
  ES256: /* @__PURE__ */ ecdsa('P-256', 'SHA-256'),
  ES384: /* @__PURE__ */ ecdsa('P-384', 'SHA-384'),
  ES512: /* @__PURE__ */ ecdsa('P-521', 'SHA-512'),
  RS256: {
    kty: 'RSA',
    key: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
    signature: { name: 'RSASSA-PKCS1-v1_5' },
  },
  EdDSA: { kty: 'OKP', crv: 'Ed25519', key: { name: 'Ed25519' }, signature: { name: 'Ed25519' } },
};

/** How an algorithm works that rxacme signs with itself. */
export const knownAlgorithm = (alg: string): SigningAlgorithm | undefined =>
  Object.hasOwn(algorithms, alg) ? algorithms[alg] : undefined;

/** As {@link knownAlgorithm}. Throws `TypeError` on another one. */
export function signingAlgorithm(alg: string): SigningAlgorithm {
  const found = knownAlgorithm(alg);
  if (found !== undefined) return found;
  throw new TypeError(
    `account key: algorithm "${alg}" is not one of ${algorithmNames().join(', ')}; for others write an AcmeSigner`,
  );
}

/** The algorithms that rxacme signs with itself. */
export const algorithmNames = (): readonly string[] => Object.keys(algorithms);

/** The one algorithm that a key signs with here. */
export const algorithmFor = ({ kty, crv }: { readonly kty?: string; readonly crv?: string }): string | undefined =>
  Object.entries(algorithms).find(([, each]) => each.kty === kty && (each.crv ?? crv) === crv)?.[0];
