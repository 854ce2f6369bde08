import type { Authority } from './environment.js';
import type { Flow } from './flows.js';

/** What came of each row at each CA. */
export class Cells {
  readonly #texts = new Map<string, string>();

  constructor(
    private readonly rows: readonly Flow[],
    private readonly columns: readonly Authority[],
  ) {}

  /** `ok`, `FAILED`, or `differs` or `left out` with a reason. */
  set({ name }: Flow, column: Authority, text: string): void {
    this.#texts.set(`${name} at ${column}`, text);
  }

  /** Says the same of all that is not known of one CA. */
  fill(column: Authority, text: string): void {
    for (const row of this.rows) if (this.#at(row, column) === '') this.set(row, column, text);
  }

  /** The cells of which nothing is known. */
  empty(): readonly string[] {
    return this.rows.flatMap((row) =>
      this.columns.filter((column) => this.#at(row, column) === '').map((column) => `${row.name} at ${column}`),
    );
  }

  /** The table as text. Reasons are notes below it. */
  print(): string {
    const notes: string[] = [];
    const short = (text: string): string => {
      const [, word = text, reason] = /^([^(]*) \((.*)\)$/.exec(text) ?? [];
      if (reason === undefined) return word;
      if (!notes.includes(reason)) notes.push(reason);
      return `${word} [${notes.indexOf(reason) + 1}]`;
    };
    const lines = [
      ['', ...this.columns],
      ...this.rows.map((row) => [row.name, ...this.columns.map((column) => short(this.#at(row, column)))]),
    ];
    const widths = ['', ...this.columns].map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
    const table = lines.map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    );
    return [...table, ...notes.map((note, index) => `[${index + 1}] ${note}`)].join('\n');
  }

  #at({ name }: Flow, column: Authority): string {
    return this.#texts.get(`${name} at ${column}`) ?? '';
  }
}
