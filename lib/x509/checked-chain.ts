import { parsePemChain } from '../codec/pem.js';
import { decodeUtf8 } from '../codec/utf8.js';
import type { CertificateDetails } from '../model/certificate.js';
import type { ExpectedLeaf } from '../model/ports.js';
import { checkChain } from './check-chain.js';
import { readChain } from './read-chain.js';

/**
 * Reads a chain as it was downloaded, and checks it. Throws {@link AcmeProtocolError}, with the bytes as its body, where
 * it is not the one that was asked for.
 *
 * @see RFC 8555 §7.4.2, §11.4
 */
export async function checkedChain(
  pem: Uint8Array,
  expected: ExpectedLeaf | undefined,
): Promise<{ readonly chain: readonly CertificateDetails[] }> {
  const { links } = await readChain(parsePemChain(decodeUtf8(pem), pem));
  checkChain(links, expected, pem);
  return { chain: links.map(({ verifiedByNext: _, ...details }) => details) };
}
