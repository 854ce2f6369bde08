import { parsePemChain } from '../codec/pem.js';
import { decodeUtf8 } from '../codec/utf8.js';
import type { CertificateDetails } from '../model/certificate.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { ExpectedLeaf } from '../model/ports.js';
import { checkChain } from './check-chain.js';
import { readChain } from './read-chain.js';
import type { SignatureCheck } from './signature-check.js';

/** Many times what chains have. It bounds what a hostile one costs: every signature in it is verified. */
const mostCertificates = 100;

/**
 * Reads a chain as it was downloaded, and checks it. Throws {@link AcmeProtocolError}, with the bytes as its body, where
 * it is not the one that was asked for.
 *
 * @param check Is asked before WebCrypto is.
 * @see RFC 8555 §7.4.2, §11.4
 */
export async function checkedChain(
  pem: Uint8Array,
  expected: ExpectedLeaf | undefined,
  check?: SignatureCheck,
): Promise<{ readonly chain: readonly CertificateDetails[] }> {
  const ders = parsePemChain(decodeUtf8(pem, 'certificate chain'), pem);
  if (ders.length > mostCertificates) {
    throw new AcmeProtocolError(
      `certificate chain: it has ${ders.length} certificates, more than ${mostCertificates}`,
      {
        body: pem,
      },
    );
  }
  const { links } = await readChain(ders, check);
  checkChain(links, expected, pem);
  return { chain: links.map(({ verifiedByNext: _, ...details }) => details) };
}
