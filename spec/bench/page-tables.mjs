/**
 * Writes the figures of a run into the tables of pages/performance.md: `node spec/bench/page-tables.mjs FILE`, where FILE
 * is what `bench.mjs --json FILE` wrote. A table whose cell was not measured stays as it is, and so does all the prose.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const page = join(import.meta.dirname, '..', '..', 'pages', 'performance.md');
const { cells, targets } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

const titles = {
  'one-50': 'One certificate in a new process, 50 ms away',
  'seq-50': '50 in sequence, 50 ms away',
  par: '200 at 20 at a time, no latency',
  'par-50': '200 at 20 at a time, 50 ms away',
  'par-50-r20': '200 at 20 at a time, 50 ms away, a fifth of the good nonces refused',
  san: 'Orders of 100 names, no latency',
  'san-50': 'Orders of 100 names, 50 ms away',
  'as-shipped': 'As shipped, 50 ms away, validation takes one second',
};
const names = {
  floor: 'floor',
  'floor-fetch': 'floor, by cross-fetch',
  'rxacme-node': 'rxacme, `nodePorts`',
  rxacme: 'rxacme, default ports',
  'acme-client': 'acme-client 5.4.0',
};

const shown = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const row = (values) => `| ${values.join(' | ')} |`;
const head = (values) => [row(values), row(values.map((_, column) => (column === 0 ? '---' : '--:')))];

function cellTable(cell) {
  const measured = Object.keys(names).filter((client) => cell[client] !== undefined);
  const over = (own, other) =>
    other === undefined ? '' : ['wallMs', 'cpuMs'].map((key) => (own[key] / other[key]).toFixed(2)).join(' / ');
  return [
    ...head([
      '',
      'requests',
      'TLS connections in all',
      'kB',
      'wall ms',
      'CPU ms',
      'peak MB',
      'wall / CPU to the floor',
      'to acme-client',
    ]),
    ...measured.map((client) => {
      const own = cell[client];
      const figures = [own.requests, own.connectionsInAll, own.kilobytes, own.wallMs, own.cpuMs, own.peakMb];
      return row([names[client], ...figures.map(shown), over(own, cell.floor), over(own, cell['acme-client'])]);
    }),
  ];
}

function targetTable() {
  const judged = ({ what, target, measured, met }) => row([what, target, measured, met ? 'met' : '**missed**']);
  return [row(['what', 'target', 'measured', '']), row(['---', '--:', '--:', '---']), ...targets.map(judged)];
}

/** Puts a table in place of the first one below a heading. */
function replaced(text, heading, table) {
  const lines = text.split('\n');
  const at = lines.indexOf(heading);
  const from = lines.findIndex((line, index) => index > at && line.startsWith('|'));
  if (at === -1 || from === -1) throw new Error(`the page has no table below "${heading}"`);
  const length = lines.slice(from).findIndex((line) => !line.startsWith('|'));
  lines.splice(from, length, ...table);
  return lines.join('\n');
}

let text = readFileSync(page, 'utf8');
for (const [name, title] of Object.entries(titles))
  if (cells[name] !== undefined) text = replaced(text, `### ${title}`, cellTable(cells[name]));
// The table of a run that has not all cells lacks rows.
if (Object.keys(titles).every((name) => cells[name] !== undefined)) text = replaced(text, '## Targets', targetTable());
writeFileSync(page, text);
