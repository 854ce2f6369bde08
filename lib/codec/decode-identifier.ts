import type { Identifier } from '../model/identifier.js';
import type { JsonValue } from '../model/json.js';
import { type Members, requiredString } from './received.js';
import { isObject, textOf } from './tolerant.js';

/**
 * An identifier as the server wrote it. Members of extensions are left to `raw`. Throws {@link AcmeProtocolError}
 * where type or value is missing.
 *
 * @see RFC 8555 §7.1.3, §7.1.4
 */
export const readIdentifier = (members: Members): Identifier => ({
  type: requiredString(members, 'type'),
  value: requiredString(members, 'value'),
});

/** As {@link readIdentifier}, where it informs only: undefined where it is none. */
export function identifierOf(value: JsonValue | undefined): Identifier | undefined {
  if (!isObject(value)) return undefined;
  const type = textOf(value, 'type');
  const text = textOf(value, 'value');
  return type === undefined || text === undefined ? undefined : { type, value: text };
}
