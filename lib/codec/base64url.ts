import { encodeUtf8 } from './utf8.js';

/** The last characters that leave no bit over, by how many characters stand after the last whole group of four. */
const finals: Readonly<Record<number, RegExp>> = { 2: /[AQgw]$/, 3: /[AEIMQUYcgkosw048]$/ };

/**
 * Whether `text` is at least one character, and all of them of the base64url alphabet: what tokens and nonces are.
 */
export const isBase64urlText = (text: string): boolean => text !== '' && !/[^\w-]/.test(text);

/**
 * The base64url form of bytes, or of the UTF-8 octets of a string, without padding.
 *
 * @see RFC 8555 §6.1, RFC 4648 §5
 */
export function encodeBase64url(bytes: Uint8Array | string): string {
  // Text in ASCII is its own octets.
  if (typeof bytes === 'string') return isAscii(bytes) ? fromOctets(bytes) : encodeBase64url(encodeUtf8(bytes));
  let octets = '';
  for (let from = 0; from < bytes.length; from += chunk) {
    octets += String.fromCharCode(...bytes.subarray(from, from + chunk));
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
  if (text === '') return new Uint8Array();
  if (text.endsWith('=')) throw new TypeError('base64url here has no padding');
  if (!isBase64urlText(text)) throw new TypeError('not base64url: a character of another alphabet');
  const over = text.length % 4;
  if (over === 1) throw new TypeError('not base64url: a length that no bytes have');
  if (finals[over]?.test(text) === false) throw new TypeError('not base64url: bits left over at its end');
  const octets = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(octets.length);
  for (let index = 0; index < octets.length; index++) bytes[index] = octets.charCodeAt(index);
  return bytes;
}
