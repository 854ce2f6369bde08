import { toIdentifier } from 'rxacme';

/** What is wrong with the names, for a person; empty for nothing. */
export function problemOf(names: readonly string[]): string {
  if (names.length === 0) return 'Enter at least one name.';
  try {
    for (const name of names) toIdentifier(name);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
