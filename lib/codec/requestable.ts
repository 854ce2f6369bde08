import type { Identifier } from '../model/identifier.js';
import type { IdentifierType } from '../model/ports.js';
import { identifierKey, isName, sameIdentifiers, typeNamed } from './identifier.js';

/** Throws `TypeError` where a request can be made for one of the identifiers only by who knows its type. */
export function checkRequestable(identifiers: readonly Identifier[], types: readonly IdentifierType[] = []): void {
  const unknown = identifiers.find((each) => !isName(each) && typeNamed(types, each.type) === undefined);
  if (unknown === undefined) return;
  throw new TypeError(
    `no request can be made for type ${JSON.stringify(unknown.type)}: register an IdentifierType ` +
      'by acmeSession({ identifierTypes }), or bring a CSR',
  );
}

/**
 * Whether a certificate request is for what an order is for, as far as both say it in one known way: their host names
 * and addresses are the same. Where an order also has identifiers of other types, what they put into a request is for
 * the server to judge, a common name that looks like a host name too.
 */
export function namesFit(requested: readonly Identifier[], ordered: readonly Identifier[]): boolean {
  const names = ordered.filter(isName);
  const asked = requested.filter(isName);
  const keys = names.map(identifierKey);
  const both = names.length === ordered.length ? asked : asked.filter((each) => keys.includes(identifierKey(each)));
  return sameIdentifiers(both, names);
}
