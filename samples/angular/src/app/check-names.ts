import { type Identifier, toIdentifier } from 'rxacme';
import type { Authority } from './authority';

/** What is asked for. */
export interface CheckedNames {
  /** As the authority will call them: lower case, without umlauts, each once. */
  readonly names: readonly string[];
  /** What is wrong with one of them, for a person; empty for nothing. */
  readonly problem: string;
}

/** Finds out what can be known of names before an authority is asked. */
export function checkNames(given: readonly string[], authority: Pick<Authority, 'name' | 'proof'>): CheckedNames {
  if (given.length === 0) return { names: [], problem: 'Enter at least one name.' };
  try {
    const identifiers = given.map((name) => toIdentifier(name));
    const problem = identifiers.map((each) => obstacle(each, authority)).find((each) => each !== '') ?? '';
    return { names: [...new Set(identifiers.map(({ value }) => value))], problem };
  } catch (error) {
    return { names: given, problem: (error as Error).message };
  }
}

/** Wildcards are proven by DNS records only, addresses by anything else. */
function obstacle({ type, value }: Identifier, { name, proof }: Pick<Authority, 'name' | 'proof'>): string {
  if (proof === 'by-hand' && type === 'ip') {
    return `${value} is an address, which no DNS record can prove. Enter host names.`;
  }
  if (proof === 'back-end' && value.startsWith('*.')) {
    return `${value} is a wildcard, which cannot be proven to ${name}. Enter each name itself, or choose another authority.`;
  }
  return '';
}
