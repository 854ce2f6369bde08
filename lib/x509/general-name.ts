import { derObjectIdentifier, derValue } from '../codec/der.js';

/** An address of electronic mail as a GeneralName. */
export const rfc822Name = (address: string): Uint8Array => derValue(0x81, address);

/**
 * A name of any other form as a GeneralName.
 *
 * @param oid Which form it is.
 * @param value Its DER.
 * @see RFC 5280 §4.2.1.6
 */
export const otherName = (oid: string, value: Uint8Array): Uint8Array =>
  derValue(0xa0, derObjectIdentifier(oid), derValue(0xa0, value));
