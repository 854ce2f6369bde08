import type { AsnType } from 'asn1js';
import { Certificate } from 'pkijs';
import type { Identifier } from '../../model/identifier.js';
import { identifiersOf, subjectAlternativeName } from '../../x509/alternative-names.js';
import { childrenOf, contentOf, parseDer } from '../../x509/asn1.js';
import { extensionValue } from '../../x509/extensions.js';

/** What a certificate shown for `tls-alpn-01` says. */
export interface ProofCertificate {
  readonly identifiers: readonly Identifier[];
  /** How many alternative names there are, those included that are no identifiers. */
  readonly names: number;
  /** The hash in the acmeIdentifier extension, where that is there and critical. */
  readonly digest: Uint8Array | undefined;
}

const acmeIdentifier = '1.3.6.1.5.5.7.1.31';

/**
 * Reads a certificate that proves control over a name. Throws an `Error` where it is none.
 *
 * @see RFC 8737 §3
 */
export function readProofCertificate(der: Uint8Array): ProofCertificate {
  const { extensions = [] } = new Certificate({ schema: parseDer(der) });
  const names = extensionValue(extensions, subjectAlternativeName);
  const proof = extensionValue(
    extensions.filter(({ critical }) => critical),
    acmeIdentifier,
  );
  return {
    identifiers: identifiersOf(extensions),
    names: names === undefined ? 0 : childrenOf(names).length,
    digest: proof !== undefined && isOctetString(proof) ? contentOf(proof) : undefined,
  };
}

const isOctetString = ({ idBlock }: AsnType): boolean => idBlock.tagClass === 1 && idBlock.tagNumber === 4;
