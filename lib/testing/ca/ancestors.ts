import type { Identifier } from '../../model/identifier.js';
import type { CaCore } from './operation.js';
import { type AccountRecord, type AuthorizationRecord, authorizationStatus } from './records.js';
import { refuse } from './refusal.js';

/** Whether a domain has that ancestor. */
const isBelow = (value: string, ancestor: string): boolean => value.endsWith(`.${ancestor}`);

/**
 * The ancestors that a new order lets the server ask for, by the name below each.
 *
 * @see RFC 9444 §4.2
 */
function askedAncestors({ settings }: CaCore, identifiers: unknown): ReadonlyMap<string, string> {
  if (settings.subdomains !== true || !Array.isArray(identifiers)) return new Map();
  const asked = (identifiers as readonly Readonly<Record<string, unknown>>[]).flatMap(({ value, ancestorDomain }) => {
    if (ancestorDomain === undefined) return [];
    if (typeof value !== 'string' || typeof ancestorDomain !== 'string' || !isBelow(value, ancestorDomain))
      return refuse('malformed', `${JSON.stringify(ancestorDomain)} is no ancestor of ${JSON.stringify(value)}`);
    return [[value, ancestorDomain] as const];
  });
  return new Map(asked);
}

/**
 * The authorizations of a new order: one for each identifier, `make` makes it; or one for the ancestor of several, as the
 * order lets the server have it or the account has proven before.
 *
 * @see RFC 9444 §4
 */
export function authorizationsFor(
  ca: CaCore,
  account: AccountRecord,
  identifiers: readonly Identifier[],
  payload: Readonly<Record<string, unknown>>,
  make: (identifier: Identifier) => AuthorizationRecord,
): readonly AuthorizationRecord[] {
  const ancestors = askedAncestors(ca, payload['identifiers']);
  const made = new Map<string, AuthorizationRecord>();
  const authorizations = identifiers.map((identifier) => {
    const proven = provenAncestor(ca, account, identifier);
    const ancestor = ancestors.get(identifier.value);
    if (proven !== undefined) return proven;
    if (ancestor === undefined) return make(identifier);
    const authorization = made.get(ancestor) ?? make({ type: 'dns', value: ancestor });
    authorization.subdomains = true;
    made.set(ancestor, authorization);
    return authorization;
  });
  return [...new Set(authorizations)];
}

function provenAncestor(
  ca: CaCore,
  account: AccountRecord,
  { type, value }: Identifier,
): AuthorizationRecord | undefined {
  if (ca.settings.subdomains !== true || type !== 'dns') return undefined;
  const found = [...ca.store.authorizations.values()].find(
    (each) =>
      each.account === account &&
      each.subdomains === true &&
      isBelow(value, each.identifier.value) &&
      authorizationStatus(each, ca.now()) === 'valid',
  );
  if (found !== undefined) found.orders++;
  return found;
}
