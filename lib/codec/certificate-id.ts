import type { CertificateDetails } from '../model/certificate.js';
import type { HoldsCertificate } from '../model/renewal-time.js';
import { encodeBase64url } from './base64url.js';
import { leafOf } from './leaf-of.js';

/** The part of a certificate's details that {@link certificateId} makes a name of. */
export type CertificateNames = Pick<CertificateDetails, 'authorityKeyIdentifier' | 'serialNumber'>;

/**
 * The name under which a server knows a certificate in renewal information and in the `replaces` of an order.
 * Undefined where the certificate has no authority key identifier: then it has no such name. Throws `TypeError` where
 * one of the two is not hexadecimal.
 *
 * @param certificate The certificate, its leaf, or the event that it came with. Its `serialNumber` with a leading `00`
 * where the encoding has one; some platforms drop that.
 * @see RFC 9773 §4.1
 */
export function certificateId(certificate: HoldsCertificate<CertificateNames>): string | undefined {
  const { authorityKeyIdentifier = '', serialNumber } = leafOf(certificate);
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
