import { type AsnType, Sequence } from 'asn1js';
import { Extension } from 'pkijs';
import { encodeHex } from '../codec/hex.js';
import type { Identifier } from '../model/identifier.js';
import type { CertificateRequestOptions, IdentifierType, RequestedExtension, RequestedNames } from '../model/ports.js';
import { generalName, subjectAlternativeName } from './alternative-names.js';
import { isGeneralName } from './general-name-key.js';
import { encodingOf, parseDer } from './asn1.js';

/** TLS must come with a stapled OCSP answer: the feature `status_request`, number 5, in a SEQUENCE. */
const mustStapleExtension: RequestedExtension = {
  oid: '1.3.6.1.5.5.7.1.24',
  value: Uint8Array.of(0x30, 0x03, 0x02, 0x01, 0x05),
};

/**
 * The extensions that a request asks for: the alternative names, what the types of the other identifiers add, and
 * those that are asked for by name. Identifiers of a type that is not registered are left out. Throws `TypeError` on
 * values that are not DER, and where an extension is asked for twice.
 *
 * @see RFC 5280 §4.2.1.6, RFC 7633 §4.1
 */
export function extensionsFor(
  identifiers: readonly Identifier[],
  { mustStaple = false, identifierTypes = [], extensions = [] }: CertificateRequestOptions,
): readonly Extension[] {
  const others = identifierTypes.map((type) => requestedBy(type, identifiers));
  const names = [
    ...identifiers.filter(isGeneralName).map((identifier) => encodedName(identifier)),
    ...others.flatMap(({ generalNames = [] }) => generalNames),
  ];
  const all = [
    ...(names.length === 0 ? [] : [{ oid: subjectAlternativeName, value: sequenceOfNames(names) }]),
    ...others.flatMap((each) => each.extensions ?? []),
    ...(mustStaple ? [mustStapleExtension] : []),
    ...extensions,
  ];
  const twice = all.find(({ oid }, index) => all.findIndex((each) => each.oid === oid) !== index);
  if (twice !== undefined) throw new TypeError(`a request cannot ask for the extension ${twice.oid} twice`);
  return all.map(extension);
}

/** What one type says for all of its identifiers together. */
function requestedBy(type: IdentifierType, identifiers: readonly Identifier[]): RequestedNames {
  const values = identifiers.filter((each) => each.type === type.type).map(({ value }) => value);
  return values.length === 0 ? {} : (type.requestedNames?.(values) ?? {});
}

const encodedName = (identifier: Identifier): Uint8Array =>
  new Uint8Array((generalName(identifier).toSchema() as AsnType).toBER());

function sequenceOfNames(names: readonly Uint8Array[]): Uint8Array {
  const value = names.map((name) => parsedDer(name, 'a general name'));
  const odd = value.find(({ idBlock }) => idBlock.tagClass !== 3 || idBlock.tagNumber > 8);
  if (odd === undefined) return new Uint8Array(new Sequence({ value }).toBER());
  throw new TypeError(
    `a general name begins with a tag from [0] to [8], not ${encodeHex(encodingOf(odd).subarray(0, 1))}`,
  );
}

function extension({ oid, critical = false, value }: RequestedExtension): Extension {
  if (!/^[012](?:\.(?:0|[1-9]\d*))+$/.test(oid)) {
    throw new TypeError(
      `an extension needs an object identifier such as 1.3.6.1.5.5.7.1.24, found ${JSON.stringify(oid)}`,
    );
  }
  parsedDer(value, `the value of the extension ${oid}`);
  return new Extension({ extnID: oid, critical, extnValue: new Uint8Array(value).buffer });
}

function parsedDer(der: Uint8Array, what: string): AsnType {
  try {
    return parseDer(der);
  } catch (cause) {
    throw new TypeError(`${what} must be DER: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
