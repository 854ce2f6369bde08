import type { AsnType } from 'asn1js';
import { type Attribute, CertificationRequest, type Extension, Extensions } from 'pkijs';
import { decodePem } from '../codec/pem.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { Identifier } from '../model/identifier.js';
import type { CertificateRequestDetails } from '../model/ports.js';
import { identifiersOf } from './alternative-names.js';
import { childrenOf, encodingOf, parseDer } from './asn1.js';
import { attributeTexts, commonName } from './distinguished-name.js';
import { requestedExtensions } from './extensions.js';

/**
 * Reads a PKCS#10 request, DER or PEM: its public key, its alternative names, and its common name where those lack it. Does not
 * check its signature. Throws {@link AcmeInputError} on anything else, bytes that follow included.
 *
 * @param toIdentifier Makes an identifier of a common name, or throws. Who loads this file has it at hand.
 * @see RFC 2986 §4, RFC 8555 §7.4
 */
export function readRequest(
  request: Uint8Array | string,
  toIdentifier: (name: string) => Identifier,
): CertificateRequestDetails {
  const der = typeof request === 'string' ? decodeRequest(request) : request;
  const root = rootOf(der);
  try {
    const { attributes = [] } = new CertificationRequest({ schema: root });
    const [, subject, publicKey] = childrenOf(childrenOf(root)[0]);
    if (subject === undefined || publicKey === undefined) throw new Error('a field of it is missing');
    const named = identifiersOf(attributes.flatMap(extensionsOf));
    const common = attributeTexts(subject, commonName).map((name) => identifierOf(name, toIdentifier));
    return { der, identifiers: union(named, common), publicKey: encodingOf(publicKey) };
  } catch (cause) {
    throw new AcmeInputError('not a certificate request: it is not built like PKCS#10', { cause });
  }
}

function rootOf(der: Uint8Array): AsnType {
  try {
    return parseDer(der);
  } catch (cause) {
    throw new AcmeInputError('not a certificate request: it is not DER (PEM text has to be decoded first)', { cause });
  }
}

function decodeRequest(pem: string): Uint8Array {
  try {
    return decodePem(pem, ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']);
  } catch (cause) {
    throw new AcmeInputError(`not a certificate request: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

const extensionsOf = ({ type, values }: Attribute): readonly Extension[] =>
  type === requestedExtensions ? values.flatMap((value: AsnType) => new Extensions({ schema: value }).extensions) : [];

/** A common name that is no identifier is kept as it is: whoever compares it with an order has to see it. */
function identifierOf(name: string, toIdentifier: (name: string) => Identifier): Identifier {
  try {
    return toIdentifier(name);
  } catch {
    return { type: 'dns', value: name };
  }
}

const union = (first: readonly Identifier[], second: readonly Identifier[]): readonly Identifier[] => {
  const known = first.map(({ type, value }) => `${type} ${value.toLowerCase()}`);
  return [...first, ...second.filter(({ type, value }) => !known.includes(`${type} ${value.toLowerCase()}`))];
};
