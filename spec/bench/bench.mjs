/**
 * rxacme beside acme-client and beside the least that a client can do, at Pebble: `npm run bench -- [OPTIONS]`.
 *
 * Pebble validates, and stands behind a proxy that counts and adds latency. Each case runs in a fresh process; the
 * clients take turns. Prints, for each certificate, medians: requests by kind, TLS connections, bytes, wall and CPU
 * time, and the peak memory of the process, each also as a ratio to the floor and to acme-client; then every target
 * with what was measured. Ends with 0 whatever the figures are.
 *
 *   --targets      only the cells that the targets speak of
 *   --quick        those cells, one run of each
 *   --cell NAME    this cell only; may be given several times (one, seq-50, par-50-r20, as-shipped, ...)
 *   --client NAME  this client only; may be given several times
 *   --runs N       so many runs of each case
 *   --json FILE    writes all figures there, too
 */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { cells, clients, figures } from './cells.mjs';
import { measureCell } from './measure.mjs';
import { packageFigures } from './package-figures.mjs';
import { benchServer } from './server.mjs';
import { judged } from './targets.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    targets: { type: 'boolean', default: false },
    cell: { type: 'string', multiple: true },
    client: { type: 'string', multiple: true },
    runs: { type: 'string' },
    json: { type: 'string' },
  },
});

const targetCells = ['one-50', 'seq-50', 'par', 'par-50', 'par-50-r20', 'san', 'san-50', 'as-shipped'];
const wanted = options.cell ?? (options.quick || options.targets ? targetCells : undefined);
const chosen = cells.filter(({ name }) => wanted?.includes(name) ?? true);
const who = options.client ?? clients;
if (chosen.length === 0) throw new Error(`there is no such cell: ${cells.map(({ name }) => name).join(', ')}`);
if (who.includes('acme-client')) installPeers();

const notes = [];
const results = { date: new Date().toISOString().slice(0, 10), node: process.version, cpus: cpus().length, cells: {} };
const progress = (what) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${what}`);

for (const refused of new Set(chosen.map((cell) => cell.refused))) {
  const server = await benchServer({ refused });
  try {
    for (const cell of chosen.filter((each) => each.refused === refused)) {
      const runs = Number(options.runs ?? (options.quick ? 1 : cell.runs));
      results.cells[cell.name] = await measureCell(server, cell, { clients: who, runs, notes, progress });
      progress('');
      printCell(cell, results.cells[cell.name]);
      save();
    }
  } finally {
    await server.stop();
  }
}
const refusing = chosen.filter(({ refused }) => refused > 0);
if (refusing.length > 0) {
  results.failures = notes.filter((note) => note.endsWith('Left out.') && note.includes(': rxacme')).length;
}
if (options.cell === undefined) results.package = await packageFigures(options.quick ? 3 : 9);
results.targets = judged(results);
printTargets(results.targets);
for (const note of notes) console.log(`note: ${note}`);
save();

/** After each cell: a run that is broken off has told what it knew. */
function save() {
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`);
}

function installPeers() {
  const folder = join(import.meta.dirname, 'peers');
  if (existsSync(join(folder, 'node_modules', 'acme-client'))) return;
  execFileSync('npm', ['install', '--no-package-lock', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });
}

function printCell({ name, count, width, names, roundTripMs, refused, validationMs = 0 }, byClient) {
  const said = `${count} at ${width} at a time, ${names} name(s), ${roundTripMs} ms away, ${refused} % of nonces refused`;
  console.log(`\n${name}: ${said}${validationMs > 0 ? `, validation takes ${validationMs} ms, waits as shipped` : ''}`);
  table(
    ['for each certificate', ...Object.values(figures)],
    Object.entries(byClient).flatMap(([client, own]) => {
      const row = (label, cell) => [label, ...Object.keys(figures).map(cell)];
      const over = (other) => row(`  / ${other}`, (key) => (own[key] / byClient[other][key]).toFixed(2));
      return [
        row(client, (key) => fixed(own[key])),
        ...['floor', 'acme-client'].filter((other) => other !== client && byClient[other] !== undefined).map(over),
      ];
    }),
  );
  for (const [client, { byKind }] of Object.entries(byClient)) {
    const kinds = Object.entries(byKind).map(([kind, number]) => `${kind} ${number}`);
    console.log(`  ${client}: ${kinds.join(', ')}`);
  }
}

function printTargets(list) {
  console.log('\ntargets');
  table(
    ['what', 'target', 'measured', ''],
    list.map(({ what, target, measured, met }) => [what, target, measured, met ? 'met' : 'missed']),
  );
}

function fixed(value) {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function table(head, lines) {
  const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column].length)));
  for (const line of [head, ...lines]) {
    console.log(
      line.map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]))).join('  '),
    );
  }
}
