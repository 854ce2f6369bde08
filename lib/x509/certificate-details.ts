import type { AsnType } from 'asn1js';
import { Certificate } from 'pkijs';
import { encodeHex } from '../codec/hex.js';
import type { CertificateDetails } from '../model/certificate.js';
import { identifiersOf } from './alternative-names.js';
import { asn1Time } from './asn1-time.js';
import { childrenOf, contentOf, encodingOf, isTagged, parseDer } from './asn1.js';
import { distinguishedName } from './distinguished-name.js';
import { authorityKeyIdentifier, isAuthority, subjectKeyIdentifier } from './extensions.js';
import { keyTypeOf } from './key-type.js';
import { checkUnsignedOctets } from './unsigned-octets.js';

/** A certificate as pkijs knows it, and what this library says of it. */
export interface ReadCertificate {
  readonly certificate: Certificate;
  readonly details: CertificateDetails;
}

/**
 * Reads one X.509 certificate. Throws an `Error` that says why it is none.
 *
 * @see RFC 5280 §4.1
 */
export function readCertificate(der: Uint8Array): ReadCertificate {
  const root = parseDer(der);
  const certificate = withStructureOf(root);
  checkUnsignedOctets(der, root);
  const extensions = certificate.extensions ?? [];
  const subjectKey = subjectKeyIdentifier(extensions);
  const authorityKey = authorityKeyIdentifier(extensions);
  const details = {
    der,
    ...fieldsOf(root),
    identifiers: identifiersOf(extensions),
    isCa: isAuthority(extensions),
    ...(subjectKey === undefined ? {} : { subjectKeyIdentifier: subjectKey }),
    ...(authorityKey === undefined ? {} : { authorityKeyIdentifier: authorityKey }),
  };
  return { certificate, details };
}

/** pkijs keeps no octets of the key and no text of the times: they come from the tree below it. */
function fieldsOf(root: AsnType): Omit<CertificateDetails, 'der' | 'identifiers' | 'isCa'> {
  const toBeSigned = childrenOf(childrenOf(root)[0]);
  const [serial, , issuer, validity, subject, publicKey] = isTagged(toBeSigned[0], 0)
    ? toBeSigned.slice(1)
    : toBeSigned;
  const [notBefore, notAfter] = childrenOf(validity);
  if (!serial || !issuer || !subject || !publicKey || !notBefore || !notAfter)
    throw new Error('a field of it is missing');
  return {
    subject: distinguishedName(subject),
    issuer: distinguishedName(issuer),
    serialNumber: encodeHex(contentOf(serial)),
    notBeforeAt: asn1Time(notBefore),
    notAfterAt: asn1Time(notAfter),
    publicKey: encodingOf(publicKey),
    keyType: keyTypeOf(publicKey),
  };
}

function withStructureOf(root: AsnType): Certificate {
  try {
    return new Certificate({ schema: root });
  } catch (cause) {
    throw new Error('it is not built like an X.509 certificate', { cause });
  }
}
