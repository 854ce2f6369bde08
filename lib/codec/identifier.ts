import type { Identifier, IdentifierInput } from '../model/identifier.js';
import type { IdentifierType } from '../model/ports.js';
import { toHostName } from './host-name.js';
import { canonicalIpAddress } from './ip-address.js';

/**
 * The identifier that an application means, in the form that goes to the server: a name in A-labels, lower case,
 * without a dot at its end; an IP address in canonical text. Text that is an IP address becomes type `ip`, other text
 * type `dns`. Identifiers of other types are passed through. Throws `TypeError` that names the value.
 *
 * @see RFC 8555 §7.1.4, RFC 8738 §3
 */
export const toIdentifier = (input: IdentifierInput): Identifier => typedIdentifier(input, []);

/** As {@link toIdentifier}; those of the types that are registered are written as these want it. */
function typedIdentifier(input: IdentifierInput, types: readonly IdentifierType[]): Identifier {
  const { type, value } = typeof input === 'string' ? fromText(input) : { ...input };
  if (!isText(type) || !isText(value)) {
    throw new TypeError('an identifier needs a type and a value, as text');
  }
  try {
    return { type, value: normalized(type, value, types) };
  } catch (error) {
    const shown = value.length > 100 ? `${value.slice(0, 100)}…` : value;
    const reason = error instanceof Error ? error.message : String(error);
    throw new TypeError(`identifier ${JSON.stringify(shown)}: ${reason}`, { cause: error });
  }
}

/** As the type wants it. */
function normalized(type: string, value: string, types: readonly IdentifierType[]): string {
  if (type === 'dns') return toDnsValue(value);
  const known = type === 'ip' ? { normalize: canonicalIpAddress } : typeNamed(types, type);
  const text: unknown = known?.normalize === undefined ? value : known.normalize(value);
  if (isText(text)) return text;
  throw new TypeError(type === 'ip' ? 'not an IP address' : `its type ${JSON.stringify(type)} makes no text of it`);
}

/**
 * As {@link toIdentifier}, for a list: those that mean the same are merged, the order is kept. Throws `TypeError`
 * that names the value, also where the list is empty.
 *
 * @param types The kinds of identifier beside `dns` and `ip` that are known; each writes its values as it wants them.
 * Default: none.
 * @see RFC 8555 §9.7.7
 */
export function toIdentifiers(
  inputs: readonly IdentifierInput[],
  types: readonly IdentifierType[] = [],
): readonly Identifier[] {
  if (!Array.isArray(inputs) || inputs.length === 0) throw new TypeError('identifiers must be a list of at least one');
  const identifiers = inputs.map((input: IdentifierInput) => typedIdentifier(input, types));
  return [...new Map(identifiers.map((each) => [identifierKey(each), each])).values()];
}

/** A text that two identifiers have in common exactly if they mean the same. Never throws. */
export function identifierKey({ type, value }: Identifier): string {
  if (type === 'dns') return JSON.stringify([type, value.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())]);
  return JSON.stringify([type, (type === 'ip' ? canonicalIpAddress(value) : undefined) ?? value]);
}

/** Whether two lists hold the same texts, in any order and any number of times. */
export const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.every((text) => b.includes(text)) && b.every((text) => a.includes(text));

/** Whether two lists name the same identifiers, in any order and any number of times. */
export const sameIdentifiers = (a: readonly Identifier[], b: readonly Identifier[]): boolean =>
  sameTexts(a.map(identifierKey), b.map(identifierKey));

/** Whether an identifier is a host name or an IP address. */
export const isName = ({ type }: Identifier): boolean => type === 'dns' || type === 'ip';

/** The type of that name, where it is registered. */
export const typeNamed = (types: readonly IdentifierType[], name: string): IdentifierType | undefined =>
  types.find(({ type }) => type === name);

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const fromText = (value: string): Identifier => ({
  type: canonicalIpAddress(value) === undefined ? 'dns' : 'ip',
  value,
});

/** `*.` may stand in front, once, for the first label. */
function toDnsValue(value: string): string {
  const wildcard = value.startsWith('*.') ? '*.' : '';
  const name = wildcard + toHostName(value.slice(wildcard.length));
  if (name.length > 253) throw new TypeError('a host name has at most 253 characters');
  return name;
}
