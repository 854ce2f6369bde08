import { inspect } from 'node:util';

/** Every way in which a value gets into a log: as text, as JSON, inspected, with its stack and those of its causes. */
export function printedForms(value: unknown): readonly string[] {
  const forms = [
    String(value),
    jsonOf(value),
    inspect(value, { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity }),
  ];
  const causes: string[] = [];
  const seen = new Set<unknown>();
  for (let each = value; each instanceof Error && !seen.has(each); each = each.cause) {
    seen.add(each);
    causes.push(each.message, each.stack ?? '', jsonOf({ ...each }));
  }
  return [...forms, ...causes];
}

/** What is seen by whoever looks behind what is not enumerable, too. */
export const inspectedForm = (value: unknown): string =>
  inspect(value, { showHidden: true, depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity });

const jsonOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
};

/** The secrets, by name, that can be read in one of the forms. */
export const secretsIn = (forms: readonly string[], secrets: ReadonlyMap<string, string>): readonly string[] =>
  [...secrets].filter(([, secret]) => forms.some((form) => form.includes(secret))).map(([name]) => name);
