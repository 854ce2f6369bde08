import { isBase64urlText } from './base64url.js';

/**
 * The nonce of a `Replay-Nonce` header. Undefined where there is none, and where it is not a nonce: such a header has to be
 * ignored.
 *
 * @see RFC 8555 §6.5.1
 */
export const parseReplayNonce = (value: string | undefined): string | undefined =>
  value !== undefined && isBase64urlText(value) ? value : undefined;
