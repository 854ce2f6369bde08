import type { CertificateDetails } from '../model/certificate.js';
import { encodeBase64url } from './base64url.js';

/**
 * The name under which a server knows a certificate in renewal information and in the `replaces` of an order.
 * Undefined where the certificate has no authority key identifier: then it has no such name. Throws `TypeError` where
 * one of the two is not hexadecimal.
 *
 * @param certificate Its `serialNumber` with a leading `00` where the encoding has one; some platforms drop that.
 * @see RFC 9773 §4.1
 */
export function certificateId({
  authorityKeyIdentifier = '',
  serialNumber,
}: Pick<CertificateDetails, 'authorityKeyIdentifier' | 'serialNumber'>): string | undefined {
  if (authorityKeyIdentifier === '') return undefined;
  const part = (name: string, hex: string) => encodeBase64url(octetsOf(name, hex));
  return `${part('authorityKeyIdentifier', authorityKeyIdentifier)}.${part('serialNumber', serialNumber)}`;
}

function octetsOf(name: string, hex: string): Uint8Array {
  if (!/^(?:[\da-f]{2})+$/i.test(hex)) {
    throw new TypeError(`certificateId: ${name} must be hexadecimal, two digits for each octet`);
  }
  return Uint8Array.from(hex.match(/../g) ?? [], (octet) => parseInt(octet, 16));
}
