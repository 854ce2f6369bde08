import { certificateId, type CertificateNames } from '../codec/certificate-id.js';
import type { HoldsCertificate } from '../model/renewal-time.js';
import { checkedCertificateId } from './checked-certificate-id.js';

/** A certificate, its leaf, the event that it came with, or what {@link certificateId} made of it. */
export type CertificateReference = string | HoldsCertificate<CertificateNames>;

/**
 * The name under which a server knows a certificate; undefined where it has none. Throws `TypeError` on text that is no
 * certificate identifier.
 *
 * @param what Who asks, for the message.
 * @see RFC 9773 §4.1
 */
export const referenceId = (what: string, certificate: CertificateReference): string | undefined =>
  typeof certificate === 'string' ? checkedCertificateId(what, certificate) : certificateId(certificate);
