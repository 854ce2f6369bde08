import type { CertificateDetails } from '../model/certificate.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { Identifier } from '../model/identifier.js';
import type { ExpectedLeaf } from '../model/ports.js';
import { generalNameKey, isGeneralName } from './general-name-key.js';

/** A certificate of a chain, and whether the next one's key verifies its signature (true for the last one). */
export interface ChainLink extends CertificateDetails {
  readonly verifiedByNext: boolean;
}

/**
 * Checks that a downloaded chain is the one that was asked for: the first certificate holds the key, names the DNS
 * names and IP addresses and no others, and each certificate is signed by the next. Roots and validity are not looked at.
 * Throws {@link AcmeProtocolError}, with `body`, that says what differs and what to do.
 *
 * @param expected Default: any key, any names.
 * @param body The chain as it came.
 * @see RFC 8555 §7.4.2
 */
export function checkChain(links: readonly ChainLink[], expected: ExpectedLeaf | undefined, body: Uint8Array): void {
  const fault = faultOf(links, expected);
  if (fault !== undefined) throw new AcmeProtocolError(`certificate chain: ${fault}`, { body });
}

function faultOf(links: readonly ChainLink[], expected: ExpectedLeaf | undefined): string | undefined {
  const [leaf] = links;
  if (leaf === undefined) return 'it holds no certificate; download it again';
  const unsigned = links.findIndex(({ verifiedByNext }) => !verifiedByNext);
  return (expected && leafFault(leaf, expected)) ?? (unsigned === -1 ? undefined : describeUnsigned(links, unsigned));
}

function leafFault(leaf: ChainLink, expected: ExpectedLeaf): string | undefined {
  if (!sameOctets(leaf.publicKey, expected.publicKey)) {
    return `the first certificate holds another key than was asked for: do not install it; ${ask}`;
  }
  const difference = differenceOf(leaf.identifiers, expected.identifiers);
  return difference === '' ? undefined : `the first certificate ${difference}: do not install it; ${ask}`;
}

const ask = 'order a new one, and ask the CA if that is no better';

function differenceOf(actual: readonly Identifier[], expected: readonly Identifier[]): string {
  const missing = subtract(expected, actual);
  const added = subtract(actual, expected);
  return [
    ...(missing.length === 0 ? [] : [`lacks ${summary(missing)}`]),
    ...(added.length === 0 ? [] : [`names ${summary(added)} too, which nobody asked for`]),
  ].join(' and ');
}

function subtract(from: readonly Identifier[], others: readonly Identifier[]): readonly Identifier[] {
  const known = new Set(others.filter(isGeneralName).map(generalNameKey));
  return from.filter((each) => isGeneralName(each) && !known.has(generalNameKey(each)));
}

function summary(identifiers: readonly Identifier[]): string {
  const shown = identifiers
    .slice(0, 10)
    .map(({ value }) => (/^[\w.:*-]+$/.test(value) ? value : JSON.stringify(value)));
  const more = identifiers.length - shown.length;
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}

function describeUnsigned(links: readonly ChainLink[], index: number): string {
  const [name, issuer] = [links[index], links[index + 1]].map((link) =>
    link === undefined ? 'none' : `"${link.subject}"`,
  );
  return (
    `certificate ${index + 1} of ${links.length}, ${name}, is not signed by the one after it, ${issuer}, or not in a way ` +
    'that this platform can check: do not install it; download it again or take an alternate chain, and ask the CA if that is no better'
  );
}

const sameOctets = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((octet, index) => octet === b[index]);
