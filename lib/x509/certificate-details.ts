import { encodeHex } from '../codec/hex.js';
import type { CertificateDetails } from '../model/certificate.js';
import { identifiersOf } from './alternative-names.js';
import { asn1Time } from './asn1-time.js';
import { contentOf, encodingOf, parseDer } from './asn1.js';
import { type CertificateStructure, structureOf } from './certificate-structure.js';
import { distinguishedName } from './distinguished-name.js';
import { authorityKeyIdentifier, isAuthority, subjectKeyIdentifier } from './extensions.js';
import { keyTypeOf } from './key-type.js';
import { checkUnsignedOctets } from './unsigned-octets.js';

/** The parts of a certificate, and what this library says of it. */
export interface ReadCertificate {
  readonly structure: CertificateStructure;
  readonly details: CertificateDetails;
}

/**
 * Reads one X.509 certificate. Throws an `Error` that says why it is none.
 *
 * @see RFC 5280 §4.1
 */
export function readCertificate(der: Uint8Array): ReadCertificate {
  const root = parseDer(der);
  const structure = structureOf(root);
  checkUnsignedOctets(der, root);
  const { extensions } = structure;
  const subjectKey = subjectKeyIdentifier(extensions);
  const authorityKey = authorityKeyIdentifier(extensions);
  const details = {
    der,
    ...fieldsOf(structure),
    identifiers: identifiersOf(extensions),
    isCa: isAuthority(extensions),
    ...(subjectKey === undefined ? {} : { subjectKeyIdentifier: subjectKey }),
    ...(authorityKey === undefined ? {} : { authorityKeyIdentifier: authorityKey }),
  };
  return { structure, details };
}

const fieldsOf = (structure: CertificateStructure): Omit<CertificateDetails, 'der' | 'identifiers' | 'isCa'> => ({
  subject: distinguishedName(structure.subject),
  issuer: distinguishedName(structure.issuer),
  serialNumber: encodeHex(contentOf(structure.serialNumber)),
  notBeforeAt: asn1Time(structure.notBefore),
  notAfterAt: asn1Time(structure.notAfter),
  publicKey: encodingOf(structure.publicKey),
  keyType: keyTypeOf(structure.publicKey),
});
