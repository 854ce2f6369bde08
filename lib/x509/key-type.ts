import { type AsnType, ObjectIdentifier } from 'asn1js';
import { childrenOf, contentOf, parseDer } from './asn1.js';

const ecKey = '1.2.840.10045.2.1';
const rsaKey = '1.2.840.113549.1.1.1';

/** Curves, and kinds of key that have one size. */
const names: Readonly<Record<string, string>> = {
  '1.2.840.10045.3.1.7': 'P-256',
  '1.3.132.0.34': 'P-384',
  '1.3.132.0.35': 'P-521',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
  '2.16.840.1.101.3.4.3.17': 'ML-DSA-44',
  '2.16.840.1.101.3.4.3.18': 'ML-DSA-65',
  '2.16.840.1.101.3.4.3.19': 'ML-DSA-87',
};

/**
 * The kind of a public key, a SubjectPublicKeyInfo, and its size; the OID of a kind that is not known. Throws an `Error`
 * where it is not built like one.
 *
 * @see RFC 5280 §4.1.2.7, RFC 5480 §2.1.1, RFC 8017 §A.1.1
 */
export function keyTypeOf(publicKey: AsnType): string {
  const [algorithm, bits] = childrenOf(publicKey);
  const [kind, parameter] = childrenOf(algorithm);
  if (!(kind instanceof ObjectIdentifier)) throw new Error('the algorithm of its key is missing');
  const oid = kind.valueBlock.toString();
  if (oid === rsaKey) return rsaType(bits);
  const named = oid === ecKey && parameter instanceof ObjectIdentifier ? parameter.valueBlock.toString() : oid;
  return names[named] ?? named;
}

/** By the bits of the modulus. The key itself is not checked: what cannot be read has no size. */
function rsaType(bits: AsnType | undefined): string {
  try {
    const [modulus] = childrenOf(parseDer(bits === undefined ? new Uint8Array() : contentOf(bits).subarray(1)));
    const octets = modulus === undefined ? [] : [...contentOf(modulus)];
    const from = octets.findIndex((octet) => octet !== 0);
    const first = octets[from];
    return first === undefined ? 'RSA' : `RSA-${(octets.length - from) * 8 - (Math.clz32(first) - 24)}`;
  } catch {
    return 'RSA';
  }
}
