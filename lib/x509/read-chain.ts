import type { Certificate } from 'pkijs';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { ChainLink } from './check-chain.js';
import { type ReadCertificate, readCertificate } from './certificate-details.js';
import { isEcdsaSignature } from './ecdsa-signature.js';
import { issuerEngine, readIssuer } from './known-issuers.js';

/**
 * Reads a chain, leaf first, and checks each signature against the certificate that follows. Throws
 * {@link AcmeProtocolError}, with the certificate as its body, where one cannot be read.
 *
 * @see RFC 8555 §7.4.2, §9.1
 */
export async function readChain(ders: readonly Uint8Array[]): Promise<{ readonly links: readonly ChainLink[] }> {
  const chain = ders.map((der, index) =>
    readLink(
      index === 0 ? readCertificate : readIssuer,
      der,
      `certificate ${index + 1} of ${ders.length} in the chain`,
    ),
  );
  const links: ChainLink[] = [];
  for (const [index, { certificate, details }] of chain.entries()) {
    const next = chain[index + 1];
    links.push({ ...details, verifiedByNext: next === undefined || (await isIssuedBy(certificate, next)) });
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
  certificate: Certificate,
  { certificate: issuer, details }: ReadCertificate,
): Promise<boolean> {
  if (!certificate.issuer.isEqual(issuer.subject.valueBeforeDecode)) return false;
  const { algorithmId } = certificate.signatureAlgorithm;
  try {
    if (algorithmId.startsWith(ecdsa) && !isEcdsaSignature(signatureOf(certificate), details.keyType)) return false;
    return algorithmId === ed25519
      ? await isSignedWithEd25519(certificate, details.publicKey)
      : await certificate.verify(issuer, issuerEngine());
  } catch {
    return false;
  }
}

const ecdsa = '1.2.840.10045.4.';
const ed25519 = '1.3.101.112';

const signatureOf = ({ signatureValue }: Certificate): Uint8Array => signatureValue.valueBlock.valueHexView;

/** pkijs does not know this algorithm. */
async function isSignedWithEd25519(certificate: Certificate, publicKey: Uint8Array): Promise<boolean> {
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey('spki', new Uint8Array(publicKey), ed25519Name, false, ['verify']);
  return subtle.verify(ed25519Name, key, new Uint8Array(signatureOf(certificate)), new Uint8Array(certificate.tbsView));
}

const ed25519Name = 'Ed25519';
