/**
 * The tables of what rxacme does, made of data: `spec/conformance/rows.ts` and what the specs say they cover make the
 * status table, `spec/conformance/coming-from.ts` the one for people who know another client.
 *
 * `node tools/protocol-tables.mjs` writes pages/*.md and the table in README.md; with `--check` it writes nothing and exits 1
 * where they are not what it would write, where a row names something that is not exported, or where no spec covers it.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';

/** What a TypeScript file without imports exports. */
async function load(file) {
  const { code } = await transform(readFileSync(file, 'utf8'), { loader: 'ts', format: 'esm' });
  return import(`data:text/javascript;charset=utf-8,${encodeURIComponent(code)}`);
}

const rowsFile = (root) => join(root, 'spec/conformance/rows.ts');

/** Whether there is a status table at all. */
export const hasRows = (root) => existsSync(rowsFile(root));

/** The rows of the status table, by identifier. */
export const loadRows = async (root) => (await load(rowsFile(root))).rows;

/** The spec files by the rows that they say they cover: `Map { 'newOrder' => ['spec/resources/order.spec.ts'] }`. */
export function specsByRow(root) {
  const found = new Map();
  const files = readdirSync(join(root, 'spec'), { recursive: true })
    .filter((name) => name.endsWith('.spec.ts'))
    // The specs of this tool talk of rows that are not there.
    .filter((name) => !name.startsWith(`guards${sep}`));
  for (const name of files.sort()) {
    const file = join(root, 'spec', name);
    for (const [, list] of readFileSync(file, 'utf8').matchAll(/\bcovers\(([^)]*)\)/g)) {
      for (const [, row] of list.matchAll(/'([^']+)'/g)) {
        const specs = found.get(row) ?? [];
        const path = relative(root, file).split(sep).join('/');
        found.set(row, specs.includes(path) ? specs : [...specs, path]);
      }
    }
  }
  return found;
}

/** Every exported name, those of another entry with it in front: `rxacme/node: http01Server`. */
function exportedNames(root) {
  const folder = join(root, 'spec/exports');
  const names = readdirSync(folder).flatMap((file) => {
    const entry = file.replace(/\.txt$/, '').replace('-', '/');
    const prefix = entry === 'rxacme' ? '' : `${entry}: `;
    const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
    return lines.map((line) => prefix + line.replace(/ \(.*/, ''));
  });
  return new Set(names);
}

const code = (name) => (name.includes(': ') ? `\`${name.split(': ')[1]}\` (${name.split(': ')[0]})` : `\`${name}\``);
const list = (names) => names.map(code).join(', ');
const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const specLink = (path) => `\`${path.replace(/^spec\//, '').replace(/\.spec\.ts$/, '')}\``;

const sectionOf = ({ section, draft }) => (draft === undefined ? section : `${section}-${draft}`);
const statusOf = ({ draft, without }) =>
  `${draft === undefined ? 'yes' : 'experimental'}${without === undefined ? '' : `, without ${without}`}`;

const made = '<!-- Made by `npm run tables`. -->';

function statusPage(rows, specs) {
  const lines = Object.entries(rows).map(([id, row]) => [
    sectionOf(row),
    row.title,
    statusOf(row),
    list(row.names),
    (specs.get(id) ?? []).map(specLink).join(', '),
  ]);
  return `---
title: What is supported
---

${made}

# What is supported

One row for each part of the protocol. Each is shown to hold by the specs in its last column (under \`spec\`): the test run
fails where one of a row's specs is missing or did not run. What follows an Internet-Draft is experimental: it changes with
the draft, also between minor versions.

${table(['specification', 'part', 'supported', 'by', 'shown by'], lines)}

RFC 9538 (delegation metadata for content delivery networks) changes nothing on the wire between a client and its
certification authority. Anything else that a server offers is within reach of \`signedPost\`, \`postAsGet\` and
\`unsignedGet\`; identifier types, challenge types and order members of your own are registered with \`identifierTypes\`,
\`solvers\` and \`extensions\`.
`;
}

function readmeTable(rows) {
  const lines = Object.values(rows).map((row) => [sectionOf(row), row.title, statusOf(row), list(row.names)]);
  return table(['specification', 'part', 'supported', 'by'], lines);
}

function comingFromPage(clients) {
  const parts = clients.map(({ client, entries }) => {
    const lines = entries.map(({ theirs, ours, how }) => [
      theirs,
      [list(ours), how].filter((text) => text !== undefined && text !== '').join(': '),
    ]);
    return `## ${client}\n\n${table([client, 'rxacme'], lines)}`;
  });
  return `---
title: Coming from another client
---

${made}

# Coming from another client

What the names of other ACME clients are called here. Functions take the session or the account first and return a cold
Observable; \`firstValueFrom\` of RxJS makes a Promise of those that emit once.

${parts.join('\n\n')}
`;
}

const begin = '<!-- status table: made by `npm run tables` -->';
const end = '<!-- end of the status table -->';

function withTable(readme, text) {
  const from = readme.indexOf(begin);
  const to = readme.indexOf(end);
  if (from < 0 || to < from) return undefined;
  return `${readme.slice(0, from)}${begin}\n\n${text}\n\n${readme.slice(to)}`;
}

/** Everything that the tables are made into, by file, and what is wrong with their data. */
export async function protocolTables(root) {
  const rows = await loadRows(root);
  const { clients } = await load(join(root, 'spec/conformance/coming-from.ts'));
  const specs = specsByRow(root);
  const names = exportedNames(root);
  const faults = [];
  for (const [id, row] of Object.entries(rows)) {
    if (!specs.has(id)) faults.push(`row ${id}: no spec says covers('${id}')`);
    if (row.names.length === 0) faults.push(`row ${id}: it names nothing`);
    for (const name of row.names) if (!names.has(name)) faults.push(`row ${id}: ${name} is not exported`);
  }
  for (const id of specs.keys()) if (!(id in rows)) faults.push(`covers('${id}'): there is no such row`);
  for (const { client, entries } of clients) {
    for (const { theirs, ours, how } of entries) {
      if (ours.length === 0 && !how) faults.push(`${client}: ${theirs} has no answer`);
      for (const name of ours) if (!names.has(name)) faults.push(`${client}: ${theirs}: ${name} is not exported`);
    }
  }
  const readme = withTable(readFileSync(join(root, 'README.md'), 'utf8'), readmeTable(rows));
  if (readme === undefined) faults.push(`README.md: it lacks the lines ${begin} and ${end}`);
  const files = new Map([
    ['pages/status.md', statusPage(rows, specs)],
    ['pages/coming-from.md', comingFromPage(clients)],
    ...(readme === undefined ? [] : [['README.md', readme]]),
  ]);
  return { files, faults };
}

async function main([first, second]) {
  const check = first === '--check';
  const root = resolve((check ? second : first) ?? '.');
  const { files, faults } = await protocolTables(root);
  for (const [name, text] of files) {
    const file = join(root, name);
    const current = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    if (check && current !== text) faults.push(`${name}: it is not what \`npm run tables\` writes`);
    if (check) continue;
    mkdirSync(join(root, 'pages'), { recursive: true });
    writeFileSync(file, text);
  }
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
  else console.log(`tables: ${files.size} files ${check ? 'are up to date' : 'written'}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main(process.argv.slice(2));
