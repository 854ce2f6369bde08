import type { AcmeErrorDetails } from '../model/errors/acme-error.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { JsonValue } from '../model/json.js';
import { decodeUtf8 } from './utf8.js';

const maxDepth = 64;

/**
 * The value of a JSON body. A byte order mark in front is passed over. Throws {@link AcmeProtocolError}, with the
 * body, where it is not UTF-8, not JSON, or nested deeper than 64 levels; the message repeats nothing of it.
 *
 * @param what What the message calls the body: `order`, say.
 * @see RFC 8555 §5, RFC 8259 §8.1, §9
 */
export function parseJson(body: Uint8Array, what: string, details: AcmeErrorDetails = {}): JsonValue {
  const text = decodeUtf8(body, what, details).replace(/^\uFEFF/, '');
  const fail = (fault: string): never => {
    throw new AcmeProtocolError(`${what}: the body ${fault}`, { ...details, body });
  };
  if (text === '') fail('is empty');
  if (depthOf(text) > maxDepth) fail(`is nested deeper than ${maxDepth} levels`);
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return fail('is not JSON');
  }
}

/** All but the brackets outside of strings. */
const flat = /"[^"\\]*(?:\\[^][^"\\]*)*"|[^[\]{}]/g;

/** The deepest level of brackets outside of strings. */
function depthOf(text: string): number {
  let deepest = 0;
  let depth = 0;
  for (const bracket of text.replaceAll(flat, '')) {
    depth += bracket === '{' || bracket === '[' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
