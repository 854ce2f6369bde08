import { encodeUtf8 } from './utf8.js';

/** Tags of universal types. */
export const derTag = {
  integer: 0x02,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  ia5String: 0x16,
  sequence: 0x30,
} as const;

/**
 * One DER value. For values that are too small for a library of several hundred kilobytes.
 *
 * @param tag The identifier octet.
 * @param parts The content octets; text stands for its UTF-8 octets.
 * @see X.690 §8.1, §10.1
 */
export function derValue(tag: number, ...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const octets = parts.map((part) => (typeof part === 'string' ? encodeUtf8(part) : part));
  const length = octets.reduce((sum, part) => sum + part.length, 0);
  const head = [tag, ...lengthOctets(length)];
  const value = new Uint8Array(head.length + length);
  value.set(head);
  octets.reduce((at, part) => (value.set(part, at), at + part.length), head.length);
  return value;
}

/** The content octets of the DER value that octets begin with. Of octets that are no DER, any octets at all. */
export function derContent(der: Uint8Array): Uint8Array {
  const [, length = 0] = der;
  return der.subarray(length < 0x80 ? 2 : 2 + (length & 0x7f));
}

/**
 * An OBJECT IDENTIFIER. Throws `TypeError` on text that is none.
 *
 * @see X.690 §8.19
 */
export function derObjectIdentifier(oid: string): Uint8Array {
  const [first = 0, second = 0, ...others] = oid.split('.').map(Number);
  if (!isObjectIdentifier(oid)) throw new TypeError(`${JSON.stringify(oid)} is no object identifier`);
  return derValue(derTag.objectIdentifier, Uint8Array.from([first * 40 + second, ...others].flatMap(base128)));
}

/** Whether text is an object identifier in dotted form, its numbers below 2^31. */
export const isObjectIdentifier = (text: string): boolean =>
  /^(?:[01]\.[1-3]?\d|2\.(?:0|[1-9]\d{0,8}))(?:\.(?:0|[1-9]\d{0,8}))*$/.test(text);

function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest >>= 8) octets.unshift(rest & 0xff);
  return [0x80 | octets.length, ...octets];
}

function base128(value: number): readonly number[] {
  const octets = [value & 0x7f];
  for (let rest = value >> 7; rest > 0; rest >>= 7) octets.unshift(0x80 | (rest & 0x7f));
  return octets;
}
