import { AlgorithmIdentifier, CryptoEngine, PublicKeyInfo } from 'pkijs';
import { encodingOf, parseDer } from './asn1.js';
import { type ReadCertificate, readCertificate } from './certificate-details.js';
import type { CertificateStructure } from './certificate-structure.js';

/** Many times the issuers that an application has to do with at a time. It bounds what is kept. */
const mostKept = 8;

/** Those that were read last come first. */
let kept: readonly { readonly der: Uint8Array; readonly read: ReadCertificate }[] = [];

/**
 * {@link readCertificate} for the certificate of an issuer, which comes again with every one that it signs: what was
 * read of the last eight is kept, by their very octets. Nothing of a certificate that cannot be read is.
 */
export function readIssuer(der: Uint8Array): ReadCertificate {
  const known = kept.find((each) => isSame(each.der, der)) ?? { der: der.slice(), read: readCertificate(der) };
  kept = [known, ...kept.filter((each) => each !== known)].slice(0, mostKept);
  return known.read;
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((octet, index) => octet === other[index]);

/** Verifies signatures, and imports each key of an issuer once. */
class IssuerEngine extends CryptoEngine {
  readonly #keys = new WeakMap<PublicKeyInfo, Map<string, Promise<CryptoKey>>>();

  override getPublicKey(...asked: Parameters<CryptoEngine['getPublicKey']>): Promise<CryptoKey> {
    const [info, algorithm] = asked;
    const keys = this.#keys.get(info) ?? new Map<string, Promise<CryptoKey>>();
    this.#keys.set(info, keys);
    const key = keys.get(algorithm.algorithmId) ?? super.getPublicKey(...asked);
    if (isWholeIn(algorithm)) keys.set(algorithm.algorithmId, key);
    return key;
  }
}

/** RSA-PSS says the hash in its parameters, the others in their name. */
const isWholeIn = ({ algorithmId }: AlgorithmIdentifier): boolean => algorithmId !== '1.2.840.113549.1.1.10';

let engine: CryptoEngine | undefined;

/** What pkijs knows of the keys of issuers, as long as they are kept. */
const keyInfos = new WeakMap<Uint8Array, PublicKeyInfo>();

function keyInfoOf(publicKey: Uint8Array): PublicKeyInfo {
  const info = keyInfos.get(publicKey) ?? new PublicKeyInfo({ schema: parseDer(publicKey) });
  keyInfos.set(publicKey, info);
  return info;
}

/** Whether the signature of a certificate is by a key, that of an issuer that {@link readIssuer} has read. */
export function isSignedBy(
  { toBeSigned, algorithm, signature }: CertificateStructure,
  issuerKey: Uint8Array,
): Promise<boolean> {
  engine ??= new IssuerEngine({ name: 'rxacme', crypto: globalThis.crypto });
  const identifier = new AlgorithmIdentifier({ schema: algorithm });
  const signed = encodingOf(toBeSigned) as Uint8Array<ArrayBuffer>;
  return engine.verifyWithPublicKey(signed, signature, keyInfoOf(issuerKey), identifier);
}
