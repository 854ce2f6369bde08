import { type AsnType, Boolean as BooleanValue, type OctetString } from 'asn1js';
import { encodeHex } from '../codec/hex.js';
import { childrenOf, contentOf, isTagged, parseDer } from './asn1.js';

/** The type of the PKCS#10 attribute that asks for extensions. */
export const requestedExtensions = '1.2.840.113549.1.9.14';

/** What has to be known of an extension to read it; those of pkijs are such. */
export interface ReadExtension {
  readonly extnID: string;
  readonly extnValue: OctetString;
}

/** The DER value of an extension, if it is there. Throws an `Error` where it is there twice or is not DER. */
export function extensionValue(extensions: readonly ReadExtension[], oid: string): AsnType | undefined {
  const [found, ...others] = extensions.filter(({ extnID }) => extnID === oid);
  if (found === undefined) return undefined;
  if (others.length > 0) throw new Error(`it has the extension ${oid} more than once`);
  return parseDer(found.extnValue.valueBlock.valueHexView);
}

/**
 * The key identifier of the authority key identifier extension, in lower-case hexadecimal.
 *
 * @see RFC 5280 §4.2.1.1
 */
export function authorityKeyIdentifier(extensions: readonly ReadExtension[]): string | undefined {
  const value = extensionValue(extensions, '2.5.29.35');
  const identifier = value === undefined ? undefined : childrenOf(value).find((part) => isTagged(part, 0));
  return identifier === undefined ? undefined : encodeHex(contentOf(identifier));
}

/**
 * The value of the subject key identifier extension, in lower-case hexadecimal.
 *
 * @see RFC 5280 §4.2.1.2
 */
export function subjectKeyIdentifier(extensions: readonly ReadExtension[]): string | undefined {
  const value = extensionValue(extensions, '2.5.29.14');
  return value === undefined ? undefined : encodeHex(contentOf(value));
}

/**
 * Whether the basic constraints extension is there and says so of a certificate authority.
 *
 * @see RFC 5280 §4.2.1.9
 */
export function isAuthority(extensions: readonly ReadExtension[]): boolean {
  const value = extensionValue(extensions, '2.5.29.19');
  const [first] = value === undefined ? [] : childrenOf(value);
  return first instanceof BooleanValue && first.getValue();
}
