import { type AsnSchemaType, type AsnType, BitString, compareSchema, ObjectIdentifier, OctetString } from 'asn1js';
import { Certificate } from 'pkijs';
import { childrenOf, isTagged } from './asn1.js';
import type { ReadExtension } from './extensions.js';

/** The parts of a certificate, as they were read. */
export interface CertificateStructure {
  readonly toBeSigned: AsnType;
  readonly serialNumber: AsnType;
  readonly issuer: AsnType;
  readonly notBefore: AsnType;
  readonly notAfter: AsnType;
  readonly subject: AsnType;
  readonly publicKey: AsnType;
  readonly extensions: readonly ReadExtension[];
  /** How it is signed. */
  readonly algorithm: AsnType;
  readonly signature: BitString;
}

/** What pkijs says that a certificate is built like. To make it takes as long as to compare with it. */
let schema: AsnSchemaType | undefined;

/**
 * The parts of a certificate. Throws an `Error` where it is not built like one.
 *
 * @see RFC 5280 §4.1
 */
export function structureOf(root: AsnType): CertificateStructure {
  schema ??= Certificate.schema() as AsnSchemaType;
  if (!compareSchema(root, root, schema).verified) throw new Error('it is not built like an X.509 certificate');
  const [toBeSigned, algorithm, signature] = childrenOf(root);
  const fields = childrenOf(toBeSigned);
  const [serialNumber, , issuer, validity, subject, publicKey] = isTagged(fields[0], 0) ? fields.slice(1) : fields;
  const [notBefore, notAfter] = childrenOf(validity);
  if (!toBeSigned || !algorithm || !(signature instanceof BitString)) throw new Error('a part of it is missing');
  if (!serialNumber || !issuer || !subject || !publicKey || !notBefore || !notAfter)
    throw new Error('a field of it is missing');
  const names = { serialNumber, issuer, notBefore, notAfter, subject, publicKey };
  return { ...names, toBeSigned, algorithm, signature, extensions: extensionsOf(fields) };
}

function extensionsOf(fields: readonly AsnType[]): readonly ReadExtension[] {
  const tagged = fields.find((field) => isTagged(field, 3));
  return tagged === undefined ? [] : childrenOf(childrenOf(tagged)[0]).map(extension);
}

function extension(value: AsnType): ReadExtension {
  const parts = childrenOf(value);
  const [type, extnValue] = [parts[0], parts.at(-1)];
  if (type instanceof ObjectIdentifier && extnValue instanceof OctetString)
    return { extnID: type.valueBlock.toString(), extnValue };
  throw new Error('an extension of it is not built like one');
}
