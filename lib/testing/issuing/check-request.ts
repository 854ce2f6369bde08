import type { AsnType } from 'asn1js';
import { CertificationRequest, Extensions } from 'pkijs';
import { identifiersOf, subjectAlternativeName } from '../../x509/alternative-names.js';
import { childrenOf, contentOf, encodingOf, parseDer } from '../../x509/asn1.js';
import { extensionValue, requestedExtensions } from '../../x509/extensions.js';
import { publicKeyAlgorithm } from '../../x509/key-algorithm.js';

const withSha1 = ['1.2.840.113549.1.1.5', '1.2.840.10045.4.1'];

/**
 * Checks what a public authority would of a PKCS#10 request, beyond which names it has: that all of them are DNS names
 * and IP addresses, the kind of its key, and that whoever made it has the key. Rejects with an `Error` that says what
 * is wrong.
 *
 * @param takesOtherNames Whether it may name something else too, unchecked. Default: false.
 * @see RFC 2986 §4.2, RFC 8555 §11.1
 */
export async function checkRequest(der: Uint8Array, takesOtherNames = false): Promise<void> {
  const root = parseDer(der);
  const [, , publicKey] = childrenOf(childrenOf(root)[0]);
  const algorithm = publicKey === undefined ? undefined : publicKeyAlgorithm(encodingOf(publicKey));
  if (algorithm === undefined || algorithm === 'Ed25519') throw new Error('the key is none of P-256, P-384 and RSA');
  const request = new CertificationRequest({ schema: root });
  if (algorithm === 'RSA' && modulusOctets(request) < 256) throw new Error('the RSA key has less than 2048 bits');
  if (!takesOtherNames && hasOtherNames(request))
    throw new Error('the CSR has names that are neither DNS names nor IP addresses');
  if (withSha1.includes(request.signatureAlgorithm.algorithmId)) throw new Error('the CSR is signed with SHA-1');
  if (!(await isSigned(request)))
    throw new Error('the signature of the CSR is wrong, or of a kind that is not accepted');
}

/** An RSA key is a SEQUENCE of two numbers; the first begins with a zero where its highest bit is set. */
function modulusOctets({ subjectPublicKeyInfo }: CertificationRequest): number {
  const [modulus] = childrenOf(parseDer(subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView));
  const octets = modulus === undefined ? [] : contentOf(modulus);
  return octets[0] === 0 ? octets.length - 1 : octets.length;
}

function hasOtherNames({ attributes = [] }: CertificationRequest): boolean {
  const extensions = attributes
    .filter(({ type }) => type === requestedExtensions)
    .flatMap(({ values }) => values.flatMap((schema: AsnType) => new Extensions({ schema }).extensions));
  const names = extensionValue(extensions, subjectAlternativeName);
  return names !== undefined && childrenOf(names).length !== identifiersOf(extensions).length;
}

async function isSigned(request: CertificationRequest): Promise<boolean> {
  try {
    return await request.verify();
  } catch {
    return false;
  }
}
