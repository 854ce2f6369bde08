import { Integer, Utf8String } from 'asn1js';
import {
  AttributeTypeAndValue,
  Certificate,
  type Extension,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  Time,
  TimeType,
} from 'pkijs';
import { parseDer } from '../../x509/asn1.js';
import type { Validity } from './validity.js';

/** What goes into a certificate. */
export interface CertificateFields {
  readonly serialNumber: Uint8Array;
  readonly issuer: RelativeDistinguishedNames;
  readonly subject: RelativeDistinguishedNames;
  readonly validity: Validity;
  /** The DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly extensions: readonly Extension[];
}

/**
 * Signs a certificate, X.509 v3, with a P-256 key.
 *
 * @see RFC 5280 §4.1
 */
export async function certify(fields: CertificateFields, signingKey: CryptoKey): Promise<Uint8Array> {
  const certificate = new Certificate({
    version: 2, // counted from 0
    serialNumber: new Integer({ valueHex: fields.serialNumber }),
    issuer: fields.issuer,
    subject: fields.subject,
    notBefore: time(fields.validity.notBeforeAt),
    notAfter: time(fields.validity.notAfterAt),
    subjectPublicKeyInfo: new PublicKeyInfo({ schema: parseDer(fields.publicKey) }),
    extensions: [...fields.extensions],
  });
  await certificate.sign(signingKey, 'SHA-256');
  return new Uint8Array(certificate.toSchema().toBER());
}

/** UTCTime has two digits for the year, from 1950 to 2049. */
function time(value: Date): Time {
  const year = value.getUTCFullYear();
  return new Time({ type: year >= 1950 && year < 2050 ? TimeType.UTCTime : TimeType.GeneralizedTime, value });
}

/** A name that is nothing but a common name. */
export const commonName = (value: string): RelativeDistinguishedNames =>
  new RelativeDistinguishedNames({
    typesAndValues: [new AttributeTypeAndValue({ type: '2.5.4.3', value: new Utf8String({ value }) })],
  });

/** An empty name; pkijs by itself would write one with an empty attribute in it. */
export const noName = (): RelativeDistinguishedNames =>
  new RelativeDistinguishedNames({ valueBeforeDecode: Uint8Array.of(0x30, 0).buffer });
