import type { IdentifierType } from '../model/ports.js';

/** The types of identifier that a session knows beside its own. Throws `TypeError` on what cannot be one. */
export function checkedIdentifierTypes(types: readonly IdentifierType[] = []): readonly IdentifierType[] {
  const known = ['dns', 'ip'];
  const fail = (at: string) => {
    throw new TypeError(
      `acmeSession: identifierTypes${at} must have a type of its own, not one of ${known.join(', ')}; normalize and requestedNames are functions`,
    );
  };
  if (!Array.isArray(types)) fail(', an array,');
  return types.map((each: IdentifierType | null | undefined, index) => {
    const type: unknown = each?.type;
    const isRight =
      typeof type === 'string' &&
      type !== '' &&
      !known.includes(type) &&
      ['undefined', 'function'].includes(typeof each?.normalize) &&
      ['undefined', 'function'].includes(typeof each?.requestedNames);
    if (!isRight) fail(`[${index}]`);
    known.push(type as string);
    return each as IdentifierType;
  });
}
