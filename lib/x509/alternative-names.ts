import { type AsnType, OctetString } from 'asn1js';
import { AltName, GeneralName } from 'pkijs';
import { ipOctets, ipText } from '../codec/ip-octets.js';
import type { Identifier } from '../model/identifier.js';
import { childrenOf, contentOf, isTagged } from './asn1.js';
import { extensionValue, type ReadExtension } from './extensions.js';

/** The extension that holds them. */
export const subjectAlternativeName = '2.5.29.17';

const dnsName = 2;
const ipAddress = 7;

/**
 * The value of the subject alternative name extension. Throws `TypeError` on an identifier that is neither a DNS
 * name nor an IP address.
 *
 * @see RFC 5280 §4.2.1.6
 */
export const alternativeNames = (identifiers: readonly Identifier[]): AltName =>
  new AltName({ altNames: identifiers.map(generalName) });

/** One of them. Throws `TypeError` on any other identifier. */
export function generalName({ type, value }: Identifier): GeneralName {
  switch (type) {
    case 'dns':
      if (/^[\x21-\x7e]+$/.test(value)) return new GeneralName({ type: dnsName, value });
      throw new TypeError(`the name ${JSON.stringify(value)} is not in ASCII: give A-labels`);
    case 'ip':
      return new GeneralName({ type: ipAddress, value: new OctetString({ valueHex: ipOctets(value) }) });
    default:
      throw new TypeError(`an identifier of type ${JSON.stringify(type)} is neither a DNS name nor an IP address`);
  }
}

/** The DNS names, in lower case, and the IP addresses that extensions name; names of other kinds are left out. */
export function identifiersOf(extensions: readonly ReadExtension[]): readonly Identifier[] {
  const names = extensionValue(extensions, subjectAlternativeName);
  return names === undefined ? [] : childrenOf(names).flatMap(identifier);
}

function identifier(name: AsnType): readonly Identifier[] {
  if (isTagged(name, dnsName)) return [{ type: 'dns', value: decoder.decode(contentOf(name)).toLowerCase() }];
  if (isTagged(name, ipAddress)) return [{ type: 'ip', value: ipText(contentOf(name)) }];
  return [];
}

/** Not UTF-8: octets that do not belong into a name must not become letters, or nothing, when decoded or lower-cased. */
const decoder = new TextDecoder('latin1');
