import type { IdentifierType } from '../model/ports.js';

/** The types of identifier that a session knows beside its own. Throws `TypeError` on what cannot be one. */
export function checkedIdentifierTypes(types: readonly IdentifierType[] = []): readonly IdentifierType[] {
  const known: unknown[] = ['', 'dns', 'ip'];
  const fail = (at: string) => {
    throw new TypeError(
      `acmeSession: identifierTypes${at} must have a type of its own, not one of ${known.slice(1).join(', ')}, and functions where it has normalize or requestedNames`,
    );
  };
  if (!Array.isArray(types)) fail(', an array,');
  types.forEach((each: Partial<IdentifierType> | null | undefined, index) => {
    const { type, normalize = fail, requestedNames = fail } = each ?? {};
    const kinds = [typeof type, typeof normalize, typeof requestedNames].join();
    if (known.includes(type) || kinds !== 'string,function,function') fail(`[${index}]`);
    known.push(type);
  });
  return [...types];
}
