import type { HoldsCertificate } from '../model/renewal-time.js';
import { isObject } from './tolerant.js';

/**
 * The details of the certificate that a value is or holds. Throws `TypeError` on what is no object, and on a certificate
 * that comes from JSON and was not read back.
 */
export function leafOf<Details extends object>(value: HoldsCertificate<Details>): Details {
  const given: unknown = value;
  if (!isObject(given)) {
    throw new TypeError(
      'a certificate, its leaf or the event that it came with is needed; decodeCertificate makes one of stored JSON',
    );
  }
  const certificate = 'certificate' in value ? value.certificate : value;
  if ('leaf' in certificate) return certificate.leaf;
  if ('chainPem' in certificate) throw new TypeError('a certificate from JSON has no leaf: decodeCertificate reads it');
  return certificate;
}
