import { ObjectIdentifier } from 'asn1js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import { childrenOf, encodingOf } from './asn1.js';
import type { ChainLink } from './check-chain.js';
import { type ReadCertificate, readCertificate } from './certificate-details.js';
import type { CertificateStructure } from './certificate-structure.js';
import { isEcdsaSignature } from './ecdsa-signature.js';
import { isSignedBy, readIssuer } from './known-issuers.js';
import type { SignatureCheck } from './signature-check.js';

/**
 * Reads a chain, leaf first, and checks each signature against the certificate that follows. Throws
 * {@link AcmeProtocolError}, with the certificate as its body, where one cannot be read.
 *
 * @param check Is asked before WebCrypto is.
 * @see RFC 8555 §7.4.2, §9.1
 */
export async function readChain(
  ders: readonly Uint8Array[],
  check?: SignatureCheck,
): Promise<{ readonly links: readonly ChainLink[] }> {
  const chain = ders.map((der, index) =>
    readLink(
      index === 0 ? readCertificate : readIssuer,
      der,
      `certificate ${index + 1} of ${ders.length} in the chain`,
    ),
  );
  const links: ChainLink[] = [];
  for (const [index, { structure, details }] of chain.entries()) {
    const next = chain[index + 1];
    links.push({ ...details, verifiedByNext: next === undefined || (await isIssuedBy(structure, next, check)) });
  }
  return { links };
}

function readLink(read: (der: Uint8Array) => ReadCertificate, der: Uint8Array, what: string): ReadCertificate {
  try {
    return read(der);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AcmeProtocolError(`${what} cannot be read: ${why}`, { body: der, cause });
  }
}

/** Names are compared octet by octet. A signature that this platform cannot check does not hold. */
async function isIssuedBy(
  certificate: CertificateStructure,
  { structure: issuer, details }: ReadCertificate,
  check: SignatureCheck = () => undefined,
): Promise<boolean> {
  if (encodingOf(certificate.issuer).join() !== encodingOf(issuer.subject).join()) return false;
  const { publicKey: issuerKey, keyType } = details;
  const [signed, signature] = [encodingOf(certificate.toBeSigned), certificate.signature.valueBlock.valueHexView];
  try {
    const algorithm = algorithmOf(certificate);
    if (algorithm.startsWith(ecdsa) && !isEcdsaSignature(signature, keyType)) return false;
    const isRight = check({ algorithm, signed, signature, issuerKey });
    if (isRight !== undefined) return isRight;
    return algorithm === ed25519
      ? await isSignedWithEd25519(signed, signature, issuerKey)
      : await isSignedBy(certificate, issuerKey);
  } catch {
    return false;
  }
}

const ecdsa = '1.2.840.10045.4.';
const ed25519 = '1.3.101.112';

function algorithmOf({ algorithm }: CertificateStructure): string {
  const [type] = childrenOf(algorithm);
  return type instanceof ObjectIdentifier ? type.valueBlock.toString() : '';
}

/** pkijs does not know this algorithm. */
async function isSignedWithEd25519(signed: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): Promise<boolean> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('spki', new Uint8Array(publicKey), ed25519Name, false, ['verify']);
  return subtle.verify(ed25519Name, key, new Uint8Array(signature), new Uint8Array(signed));
}

const ed25519Name = 'Ed25519';
