import { toIdentifier } from '../../codec/identifier.js';
import type { Identifier } from '../../model/identifier.js';
import type { CaCore } from './operation.js';
import { type ProblemInit, Refusal, refuse } from './refusal.js';

/**
 * Reads the identifiers of newOrder, none twice, and refuses those that are none or that are not issued for.
 *
 * @see RFC 8555 §7.4, §6.7.1
 */
export function askedIdentifiers({ settings }: CaCore, value: unknown): readonly Identifier[] {
  if (!Array.isArray(value) || value.length === 0)
    return refuse('malformed', 'identifiers must be a list, and not an empty one');
  const refused: (ProblemInit & { identifier: Identifier })[] = [];
  const identifiers = value.map((each: unknown) => {
    const identifier = normalized(each, settings.identifierTypes);
    const problem = settings.refuseIdentifier(identifier);
    if (problem !== undefined) refused.push({ ...problem, identifier });
    return identifier;
  });
  const [first] = refused;
  if (first !== undefined) {
    const detail = `no certificates are issued for ${refused.map(({ identifier }) => identifier.value).join(', ')}`;
    throw new Refusal({ type: refused.length === 1 ? first.type : 'compound', detail, subproblems: refused });
  }
  return identifiers.filter(
    (each, index) =>
      identifiers.findIndex(({ value: other, type }) => other === each.value && type === each.type) === index,
  );
}

function normalized(value: unknown, otherTypes: readonly string[] = []): Identifier {
  const identifier = value as Identifier | null;
  if (typeof identifier?.type !== 'string' || typeof identifier.value !== 'string')
    return refuse('malformed', 'an identifier has a type and a value');
  if (otherTypes.includes(identifier.type)) return { type: identifier.type, value: identifier.value };
  if (!['dns', 'ip'].includes(identifier.type))
    refuse('unsupportedIdentifier', `no certificates are issued for type ${identifier.type}`);
  if (/[^\x21-\x7e]/.test(identifier.value)) refuse('malformed', `${identifier.value} is not an A-label`);
  // Clients bring names in the form that certificates have; upper case is the only thing that is put right.
  if (identifier.value.endsWith('.')) refuse('malformed', `${identifier.value} ends in a dot`);
  try {
    const canonical = toIdentifier(identifier);
    if (canonical.type === 'ip' && canonical.value !== identifier.value)
      refuse('malformed', `${identifier.value} must be written ${canonical.value}`);
    return canonical;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    return refuse('malformed', (error as Error).message);
  }
}
