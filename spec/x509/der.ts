import { type Constructed, fromBER } from 'asn1js';

/** One DER value. */
export function der(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(content);
  const digits = body.length < 0x80 ? [] : [...Buffer.from(body.length.toString(16).replace(/^(..)*.$/, '0$&'), 'hex')];
  const header = digits.length === 0 ? [tag, body.length] : [tag, 0x80 | digits.length, ...digits];
  return new Uint8Array(Buffer.concat([Uint8Array.from(header), body]));
}

const parts = (value: Uint8Array): readonly Uint8Array[] =>
  (fromBER(Uint8Array.from(value)).result as Constructed).valueBlock.value.map((part) =>
    part.valueBeforeDecodeView.slice(),
  );

/** The fields of what a certificate's signature covers, in their order. */
export const fields = {
  version: 0,
  serialNumber: 1,
  issuer: 3,
  validity: 4,
  subject: 5,
  publicKey: 6,
  extensions: 7,
} as const;

/** A certificate with one field replaced; its signature no longer fits. */
export function withField(certificate: Uint8Array, field: keyof typeof fields, replacement: Uint8Array): Uint8Array {
  const [toBeSigned = new Uint8Array(), ...rest] = parts(certificate);
  const changed = parts(toBeSigned).map((part, index) => (index === fields[field] ? replacement : part));
  return der(0x30, der(0x30, ...changed), ...rest);
}
