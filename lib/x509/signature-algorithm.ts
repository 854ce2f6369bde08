import { Null } from 'asn1js';
import { AlgorithmIdentifier, createCMSECDSASignature } from 'pkijs';
import type { KeyAlgorithm } from './key-algorithm.js';

/** The signature algorithm that goes with a kind of key, and for ECDSA the length of a signature. */
const algorithms: Readonly<
  Record<KeyAlgorithm, { readonly oid: string; readonly ecdsaOctets?: number; readonly null?: true }>
> = {
  'P-256': { oid: '1.2.840.10045.4.3.2', ecdsaOctets: 64 },
  'P-384': { oid: '1.2.840.10045.4.3.3', ecdsaOctets: 96 },
  RSA: { oid: '1.2.840.113549.1.1.11', null: true },
  Ed25519: { oid: '1.3.101.112' },
};

/**
 * How a key of this kind signs in X.509: ECDSA with SHA-256 or SHA-384, RSA PKCS #1 v1.5 with SHA-256, Ed25519.
 *
 * @see RFC 5758 §3.2, RFC 4055 §5, RFC 8410 §3
 */
export function signatureAlgorithm(key: KeyAlgorithm): AlgorithmIdentifier {
  const algorithm = algorithms[key];
  return new AlgorithmIdentifier({
    algorithmId: algorithm.oid,
    ...(algorithm.null ? { algorithmParams: new Null() } : {}),
  });
}

/**
 * A signature in the form X.509 wants it: for ECDSA a SEQUENCE of two INTEGERs. Throws `TypeError` where an ECDSA
 * signature is not two integers of full length.
 *
 * @see RFC 3279 §2.2.3
 */
export function signatureValue(key: KeyAlgorithm, signature: Uint8Array): ArrayBuffer {
  const { ecdsaOctets } = algorithms[key];
  const octets = new Uint8Array(signature).buffer;
  if (ecdsaOctets === undefined) return octets;
  if (octets.byteLength === ecdsaOctets) return createCMSECDSASignature(octets);
  throw new TypeError(
    `the certificate key's signature has ${octets.byteLength} octets: for ${key} return r and s, ${ecdsaOctets} octets together, not DER`,
  );
}
