/**
 * What rxacme adds to the first download of samples/angular, as `ng build` makes it for production, gzipped.
 *
 * The sample is built twice from the same sources: with rxacme, and with a package in its place that has the same names
 * and does nothing. The stand-in keeps what rxacme uses of rxjs in the bundle, so that rxjs is on both sides and is not
 * counted; neither are Angular and the application. Files that come later (dynamic imports) are told apart.
 *
 * `node tools/angular-size.mjs` needs the sample as `node samples/angular/setup.mjs` leaves it. Exits 1 over the limit.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

export const limitBytes = 22_000;
const sample = fileURLToPath(new URL('../samples/angular', import.meta.url));
const entries = ['', 'angular', 'browser'];

/** `{ initial, order, later, files }` of a sample that is built: bytes at once, for the page of an order, and later. */
export function sizesOf(folder) {
  const { outputs } = statistics(folder);
  const reached = (start, into = new Set()) => {
    if (into.has(start)) return into;
    into.add(start);
    for (const { kind, path } of outputs[start].imports) if (kind === 'import-statement') reached(path, into);
    return into;
  };
  const scripts = Object.keys(outputs).filter((name) => name.endsWith('.js'));
  const initial = reached(scripts.find((name) => name.startsWith('main-')));
  const route = scripts.find((name) => /issuance\.routes\.ts$/.test(outputs[name].entryPoint ?? ''));
  const order = reached(route, new Set(initial));
  const bytes = (names) =>
    names.reduce(
      (sum, name) => sum + gzipSync(readFileSync(join(folder, 'dist/browser', name)), { level: 9 }).length,
      0,
    );
  const [atOnce, withOrder] = [bytes([...initial]), bytes([...order])];
  return { initial: atOnce, order: withOrder, later: bytes(scripts) - withOrder, files: order };
}

const statistics = (folder) => JSON.parse(readFileSync(join(folder, 'dist/stats.json'), 'utf8'));

/** The sample once more, in a folder of its own, with a stand-in for rxacme. */
async function buildWithout() {
  const folder = fileURLToPath(new URL('../.cache/angular-size', import.meta.url));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const each of ['src', 'angular.json', 'tsconfig.json', 'package.json']) {
    cpSync(join(sample, each), join(folder, each), { recursive: true, filter: (path) => !path.endsWith('.spec.ts') });
  }
  for (const each of readdirSync(join(sample, 'node_modules'))) {
    if (each === 'rxacme' || each.startsWith('.')) continue;
    symlinkSync(join(sample, 'node_modules', each), join(folder, 'node_modules', each), 'junction');
  }
  await writeStandIn(join(folder, 'node_modules', 'rxacme'));
  execFileSync(process.execPath, [join(sample, 'node_modules/@angular/cli/bin/ng.js'), 'build'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NG_CLI_ANALYTICS: 'false' },
  });
  return folder;
}

/** The declarations as they are, the code replaced. */
async function writeStandIn(folder) {
  const real = join(sample, 'node_modules', 'rxacme');
  cpSync(real, folder, { recursive: true, filter: (path) => !path.endsWith('.js') && !path.includes('/joined') });
  writeFileSync(
    join(folder, 'nothing.js'),
    `import { ${rxjsNames(real).join(', ')} } from 'rxjs';\nglobalThis.kept = [${rxjsNames(real).join(', ')}];\nexport class Nothing {}\n`,
  );
  // Outside of a browser Angular asks for its compiler.
  await import(pathToFileURL(join(sample, 'node_modules/@angular/compiler/fesm2022/compiler.mjs')).href);
  for (const entry of entries) {
    const names = Object.keys(await import(pathToFileURL(join(real, 'dist', entry, 'index.js')).href));
    const up = entry === '' ? '..' : '../..';
    const text = names.map((name) => `export { Nothing as ${name} } from '${up}/nothing.js';`).join('\n');
    mkdirSync(join(folder, 'dist', entry), { recursive: true });
    writeFileSync(join(folder, 'dist', entry, 'index.js'), text);
  }
}

/** What the part of rxacme that is needed at once imports from rxjs. */
function rxjsNames(real) {
  const { outputs } = statistics(sample);
  const { files } = sizesOf(sample);
  const sources = [...files]
    .flatMap((name) => Object.entries(outputs[name].inputs))
    .filter(([input, { bytesInOutput }]) => input.includes('node_modules/rxacme/') && bytesInOutput > 0)
    .map(([input]) => readFileSync(join(real, input.slice(input.indexOf('rxacme/') + 'rxacme/'.length)), 'utf8'));
  const lists = sources.flatMap((text) => [...text.matchAll(/import\s*\{([^}]*)\}\s*from\s*["']rxjs["']/g)]);
  const names = lists.flatMap(([, list]) => list.split(',').map((each) => each.trim().replace(/ as .*/, '')));
  return [...new Set(names.filter((name) => name !== ''))].sort();
}

/** `{ initialBytes, orderBytes, laterBytes }` that rxacme adds: to the first page, to that of an order, and after it. */
export async function measure() {
  const [given, without] = [sizesOf(sample), sizesOf(await buildWithout())];
  return {
    initialBytes: given.initial - without.initial,
    orderBytes: given.order - without.order,
    laterBytes: given.later - without.later,
    wholeBytes: given.initial,
  };
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href) {
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  const { initialBytes, orderBytes, laterBytes, wholeBytes } = await measure();
  console.log(
    `samples/angular, min+gzip, rxacme adds: ${kB(initialBytes)} initial (limit ${kB(limitBytes)}), ${kB(orderBytes)} once there is an order, ${kB(laterBytes)} lazy; ${kB(wholeBytes)} initial in all, with Angular and rxjs`,
  );
  if (initialBytes > limitBytes) process.exitCode = 1;
}
