import { derTag, derValue } from '../codec/der.js';
import { childrenOf, contentOf, parseDer } from './asn1.js';

/** The octets of a number below the order of the curve. */
const octetsOfCurve: Readonly<Record<string, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 };

/**
 * Whether an ECDSA signature is written as it has to be: a SEQUENCE of two positive INTEGERs in DER, neither of them too
 * large for the key. pkijs reads others too, and leaves off what is too much.
 *
 * @param keyType As {@link keyTypeOf} has it.
 * @see RFC 3279 §2.2.3
 */
export function isEcdsaSignature(signature: Uint8Array, keyType: string): boolean {
  const largest = octetsOfCurve[keyType] ?? 0;
  const numbers = childrenOf(parseDer(signature)).map(contentOf);
  const written = derValue(derTag.sequence, ...numbers.map((number) => derValue(derTag.integer, number)));
  return (
    numbers.length === 2 &&
    numbers.every((number) => isPositive(number, largest)) &&
    written.length === signature.length &&
    written.every((octet, index) => octet === signature[index])
  );
}

/** With a leading zero where the first bit would be a sign, and only there. */
function isPositive([first = 0x80, second = 0, ...more]: Uint8Array, largest: number): boolean {
  if (first === 0) return second >= 0x80 && 1 + more.length <= largest;
  return first < 0x80 && 2 + more.length <= largest;
}
