import { type Fault, type FaultName, faults } from '../support/fault-answers.js';

/** When a fault happens: at the request only, or at it and at all later ones of its operation. */
export type FaultMoment = 'once' | 'always';

/** One request of an issuance with one fault at one moment. */
export interface Cell {
  readonly operation: string;
  readonly occurrence: number;
  readonly fault: string;
  readonly moment: FaultMoment;
}

/** Says what goes wrong with the request of a cell: the fault given, or the one of the cell's name. */
export const faultOf =
  ({ operation, occurrence, fault, moment }: Cell, given: Fault = faults[fault as FaultName]) =>
  (at: string, index: number): Fault | undefined => {
    const { burst = 1, ...rest } = given;
    const last = moment === 'always' ? Infinity : occurrence + burst - 1;
    return at === operation && index >= occurrence && index <= last ? rest : undefined;
  };

/** How an issuance went. */
export interface Finding {
  /** `certificate`, or the code of the error. */
  readonly outcome: string;
  /** What must never be, and was. */
  readonly violations: readonly string[];
  readonly message: string;
}

/** A cell in a few words. */
export const nameOfCell = ({ operation, occurrence, fault, moment }: Cell): string =>
  `${operation} ${occurrence}, ${moment}: ${fault}`;

/** The findings as a table: a row for each fault and moment, a column for each request. */
export function printedMatrix(findings: ReadonlyMap<Cell, Finding>): string {
  const cells = [...findings.keys()];
  const columnOf = ({ operation, occurrence }: Cell) => `${operation} ${occurrence}`;
  const rowOf = ({ fault, moment }: Cell) => `${fault}, ${moment}`;
  const columns = [...new Set(cells.map(columnOf))];
  const rows = [...new Set(cells.map(rowOf))];
  const at = new Map(cells.map((cell) => [`${rowOf(cell)}|${columnOf(cell)}`, findings.get(cell)]));
  const words = rows.map((row) => [
    row,
    ...columns.map((column) => {
      const finding = at.get(`${row}|${column}`);
      return finding === undefined ? '' : `${shown(finding.outcome)}${finding.violations.length > 0 ? ' !' : ''}`;
    }),
  ]);
  const head = ['', ...columns];
  const widths = head.map((_, index) => Math.max(...[head, ...words].map((row) => row[index]?.length ?? 0)));
  return [head, ...words]
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const shown = (outcome: string): string => (outcome === 'certificate' ? 'ok' : outcome);

/** How many cells ended how, most first. */
export function outcomeCounts(findings: Iterable<Finding>): string {
  const counts = new Map<string, number>();
  for (const { outcome } of findings) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts]
    .sort(([, left], [, right]) => right - left)
    .map(([outcome, count]) => `${outcome} ${count}`)
    .join(', ');
}
