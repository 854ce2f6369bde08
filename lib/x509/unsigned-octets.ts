import type { AsnType } from 'asn1js';
import { derTag, derValue } from '../codec/der.js';
import { childrenOf, contentOf, encodingOf, isTagged } from './asn1.js';

const bitString = 0x03;

/**
 * Checks what of a certificate stands outside of its signature: the name of the algorithm, and how its parts are put
 * together. Readers that take such octets for what they may mean accept certificates that others refuse. Throws an
 * `Error` that says what is wrong.
 *
 * @param root What `der` was read as.
 * @see RFC 5280 §4.1.1.2, §4.1.1.3
 */
export function checkUnsignedOctets(der: Uint8Array, root: AsnType): void {
  const [toBeSigned, algorithm, signature] = childrenOf(root);
  if (toBeSigned === undefined || algorithm === undefined || signature === undefined) {
    throw new Error('a part of it is missing');
  }
  const fields = childrenOf(toBeSigned);
  const named = fields[isTagged(fields[0], 0) ? 2 : 1];
  if (named === undefined || !isSame(encodingOf(named), encodingOf(algorithm))) {
    throw new Error('its signature is by another algorithm than it says');
  }
  const value = contentOf(signature);
  const whole = derValue(derTag.sequence, encodingOf(toBeSigned), encodingOf(algorithm), derValue(bitString, value));
  if (value[0] !== 0 || !isSame(whole, der)) throw new Error('it is not DER');
}

const isSame = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((octet, index) => octet === other[index]);
