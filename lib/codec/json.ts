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

/** The deepest level of brackets outside of strings. */
function depthOf(text: string): number {
  let deepest = 0;
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInString && character === '\\') at += 1;
    else if (character === '"') isInString = !isInString;
    else if (isInString) continue;
    else if (character === '{' || character === '[') deepest = Math.max(deepest, (depth += 1));
    else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}
