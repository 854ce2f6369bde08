import { type Cell, type Finding, nameOfCell } from './cells.js';
import { expectedOutcomes } from './expected.js';

/** What is wrong with a cell, in a line; undefined where nothing is. */
export function judged(cell: Cell, { outcome, violations, message }: Finding): string | undefined {
  const right = expectedOutcomes(cell);
  const faults = right.includes(outcome) ? [] : [`ended in ${outcome}, not in ${right.join(' or ')} (${message})`];
  const wrong = [...violations, ...faults];
  return wrong.length === 0 ? undefined : `${nameOfCell(cell)}: ${wrong.join('; ')}`;
}
