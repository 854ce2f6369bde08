import type { Identifier, IdentifierInput } from '../model/identifier.js';
import { toHostName } from './host-name.js';
import { canonicalIpAddress } from './ip-address.js';

/**
 * The identifier that an application means, in the form that goes to the server: a name in A-labels, lower case,
 * without a dot at its end; an IP address in canonical text. Text that is an IP address becomes type `ip`, other text
 * type `dns`. Identifiers of other types are passed through. Throws `TypeError` that names the value.
 *
 * @see RFC 8555 §7.1.4, RFC 8738 §3
 */
export function toIdentifier(input: IdentifierInput): Identifier {
  const { type, value } = typeof input === 'string' ? fromText(input) : input;
  if (typeof type !== 'string' || type === '' || typeof value !== 'string' || value === '') {
    throw new TypeError('an identifier needs a type and a value, both text that is not empty');
  }
  if (type === 'ip') return { type, value: canonicalIpAddress(value) ?? fail(value, 'not an IP address') };
  return { type, value: type === 'dns' ? toDnsValue(value) : value };
}

/**
 * As {@link toIdentifier}, for a list: those that mean the same are merged, the order is kept. Throws `TypeError`
 * that names the value, also where the list is empty.
 */
export function toIdentifiers(inputs: readonly IdentifierInput[]): readonly Identifier[] {
  if (!Array.isArray(inputs) || inputs.length === 0) throw new TypeError('identifiers must be a list of at least one');
  return [...new Map(inputs.map(toIdentifier).map((each) => [identifierKey(each), each])).values()];
}

/** A text that two identifiers have in common exactly if they mean the same. Never throws. */
export function identifierKey({ type, value }: Identifier): string {
  if (type === 'dns') return JSON.stringify([type, value.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())]);
  return JSON.stringify([type, (type === 'ip' ? canonicalIpAddress(value) : undefined) ?? value]);
}

/** Whether two lists name the same identifiers, in any order and any number of times. */
export function sameIdentifiers(a: readonly Identifier[], b: readonly Identifier[]): boolean {
  const left = new Set(a.map(identifierKey));
  const right = new Set(b.map(identifierKey));
  return left.size === right.size && [...left].every((key) => right.has(key));
}

const fromText = (value: string): Identifier => ({
  type: canonicalIpAddress(value) === undefined ? 'dns' : 'ip',
  value,
});

/** `*.` may stand in front, once, for the first label. */
function toDnsValue(value: string): string {
  const wildcard = value.startsWith('*.') ? '*.' : '';
  try {
    const name = wildcard + toHostName(value.slice(wildcard.length));
    if (name.length > 253) throw new TypeError('a host name has at most 253 characters');
    return name;
  } catch (error) {
    return fail(value, error instanceof Error ? error.message : String(error));
  }
}

function fail(value: string, reason: string): never {
  const shown = value.length > 100 ? `${value.slice(0, 100)}…` : value;
  throw new TypeError(`identifier ${JSON.stringify(shown)}: ${reason}`);
}
