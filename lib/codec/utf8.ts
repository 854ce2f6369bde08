import type { AcmeErrorDetails } from '../model/errors/acme-error.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The UTF-8 octets of a string. */
export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text);

/**
 * The text of a body, a byte order mark included. Throws {@link AcmeProtocolError}, with the body, where it is not
 * UTF-8.
 *
 * @param what What the message calls the body.
 * @see RFC 8555 §5
 */
export function decodeUtf8(bytes: Uint8Array, what = 'response', details: AcmeErrorDetails = {}): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new AcmeProtocolError(`${what}: the body is not UTF-8`, { ...details, body: bytes });
  }
}
