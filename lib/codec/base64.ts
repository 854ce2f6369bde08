import { decodeBase64url, encodeBase64url } from './base64url.js';

/** The base64 form of bytes, padded. */
export function encodeBase64(bytes: Uint8Array): string {
  const text = encodeBase64url(bytes).replaceAll('-', '+').replaceAll('_', '/');
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=');
}

/**
 * The bytes that padded base64 stands for. Throws `TypeError` on anything that {@link encodeBase64} does not make,
 * white space included; the message does not repeat the text.
 *
 * @see RFC 4648 §4
 */
export function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0 || /[^A-Za-z0-9+/=]/.test(text)) throw new TypeError('not base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return decodeBase64url(
    text
      .slice(0, text.length - padding)
      .replaceAll('+', '-')
      .replaceAll('/', '_'),
  );
}
