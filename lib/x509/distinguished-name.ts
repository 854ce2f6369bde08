import { type AsnType, BaseStringBlock, ObjectIdentifier } from 'asn1js';
import { encodeHex } from '../codec/hex.js';
import { encodeUtf8 } from '../codec/utf8.js';
import { childrenOf, encodingOf } from './asn1.js';

/** The attribute type of a common name. */
export const commonName = '2.5.4.3';

const shortNames: Readonly<Record<string, string>> = {
  [commonName]: 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.17': 'postalCode',
  '2.5.4.42': 'GN',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

/**
 * A distinguished name as text, last part first. Attribute types without a short name here are given by OID, and
 * their values, as those that are no text, as `#` and hexadecimal DER.
 *
 * @see RFC 4514 §2
 */
export const distinguishedName = (name: AsnType): string =>
  childrenOf(name)
    .map((relativeName) => childrenOf(relativeName).map(attribute).join('+'))
    .reverse()
    .join(',');

/** The values of one attribute type, as far as they are text. */
export const attributeTexts = (name: AsnType, type: string): readonly string[] =>
  childrenOf(name)
    .flatMap((relativeName) => childrenOf(relativeName).map(typeAndValue))
    .flatMap((each) => (each.type === type ? [textOf(each.value) ?? []].flat() : []));

function attribute(pair: AsnType): string {
  const { type, value } = typeAndValue(pair);
  const shortName = shortNames[type];
  const text = shortName === undefined ? undefined : textOf(value);
  return `${shortName ?? type}=${text === undefined ? `#${encodeHex(encodingOf(value))}` : escaped(text)}`;
}

function typeAndValue(pair: AsnType): { readonly type: string; readonly value: AsnType } {
  const [type, value] = childrenOf(pair);
  if (type instanceof ObjectIdentifier && value !== undefined) return { type: type.valueBlock.toString(), value };
  throw new Error('a name in it is not a list of attributes');
}

const textOf = (value: AsnType): string | undefined =>
  value instanceof BaseStringBlock && value.error === '' && value.warnings.length === 0 ? value.getValue() : undefined;

/** Control characters are escaped too, so that a name can be printed on a terminal. */
const escaped = (text: string): string =>
  text
    .replace(/^[ #]| $|[\\"+,;<>]/g, '\\$&')
    .replace(/\p{Cc}/gu, (control) => encodeHex(encodeUtf8(control)).replace(/../g, '\\$&'));
