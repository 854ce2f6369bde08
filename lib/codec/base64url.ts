import { encodeUtf8 } from './utf8.js';

/**
 * Whether `text` is at least one character, and all of them of the base64url alphabet: what tokens and nonces are.
 */
export const isBase64urlText = (text: string): boolean => text !== '' && !/[^\w-]/.test(text);

/**
 * The base64url form of bytes, or of the UTF-8 octets of a string, without padding.
 *
 * @see RFC 8555 §6.1, RFC 4648 §5
 */
export function encodeBase64url(data: Uint8Array | string): string {
  // Text in ASCII is its own octets.
  if (typeof data === 'string') return isAscii(data) ? fromOctets(data) : encodeBase64url(encodeUtf8(data));
  let octets = '';
  for (let from = 0; from < data.length; from += chunk) {
    octets += String.fromCharCode(...data.subarray(from, from + chunk));
  }
  return fromOctets(octets);
}

/** As many arguments as any engine takes. */
const chunk = 4_096;

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);

const fromOctets = (octets: string): string =>
  btoa(octets).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/**
 * The bytes that unpadded base64url stands for. Takes nothing but what {@link encodeBase64url} makes: each sequence
 * of bytes has one text. Throws `TypeError` on padding, another alphabet, white space, a length that no bytes have,
 * or bits left over; the message does not repeat the text.
 *
 * @see RFC 8555 §6.1, RFC 7515 §2
 */
export function decodeBase64url(text: string): Uint8Array {
  if (text.length % 4 !== 1 && !/[^\w-]/.test(text)) {
    const octets = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const { length } = octets;
    // Bits left over at the end would be lost.
    if (text.endsWith(fromOctets(octets.slice(length - (length % 3))))) {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at++) bytes[at] = octets.charCodeAt(at);
      return bytes;
    }
  }
  throw new TypeError('not base64url, whole and without padding');
}
