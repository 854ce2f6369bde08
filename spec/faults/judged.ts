import { type Cell, type Finding, nameOfCell } from './cells.js';
import { expectedOutcomes, whyNotYet } from './expected.js';

/** What is wrong with a cell, in a line; undefined where nothing is. A cell that holds although it could not yet is wrong too. */
export function judged(cell: Cell, { outcome, violations, message }: Finding, where?: 'sockets'): string | undefined {
  const right = expectedOutcomes(cell);
  const faults = right.includes(outcome) ? [] : [`ended in ${outcome}, not in ${right.join(' or ')} (${message})`];
  const wrong = [...violations, ...faults];
  if (whyNotYet(cell, where) === undefined)
    return wrong.length === 0 ? undefined : `${nameOfCell(cell)}: ${wrong.join('; ')}`;
  if (faults.length === 0) return `${nameOfCell(cell)}: holds now, so it must leave the list notYet`;
  return violations.length === 0 ? undefined : `${nameOfCell(cell)}: ${violations.join('; ')}`;
}
