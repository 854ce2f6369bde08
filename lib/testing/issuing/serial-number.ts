/**
 * A positive number with at least 120 random bits, as the content octets of a DER INTEGER: 16 of them, or 17 where the
 * first bit is set.
 *
 * @see RFC 5280 §4.1.2.2
 */
export function randomSerialNumber(): Uint8Array {
  const octets = globalThis.crypto.getRandomValues(new Uint8Array(16));
  const [first = 0, ...others] = octets;
  if (first === 0) return Uint8Array.of(1, ...others);
  return first < 0x80 ? octets : Uint8Array.of(0, ...octets);
}

/** Content octets that the caller has chosen. Throws `TypeError` where they are no DER of a positive number that fits. */
export function checkedSerialNumber(octets: Uint8Array): Uint8Array {
  const [first = 0x80, second = 0] = octets;
  const isMinimal = first !== 0 || second >= 0x80;
  if (octets.length <= 20 && first < 0x80 && isMinimal) return octets;
  throw new TypeError('a serial number is at most 20 octets, the DER content of a positive INTEGER');
}
