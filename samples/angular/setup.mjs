/**
 * Makes everything that the sample runs from, as far as it is not there: the packages of rxacme, rxacme itself, the
 * packages of the sample, its pages and its server. `node setup.mjs` does it from a fresh clone.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const sample = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs a program by its name; what it prints goes to stderr, stdout is the caller's. */
function run(cwd, program, ...args) {
  execFileSync(program, args, {
    cwd,
    shell: process.platform === 'win32' && program === 'npm',
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NG_CLI_ANALYTICS: 'false', CI: process.env['CI'] ?? 'true' },
  });
}

const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];

/** @param build Whether rxacme is built anew. Default: it is. */
export function setUp({ build = true } = {}) {
  if (!existsSync(join(root, 'node_modules'))) run(root, 'npm', 'ci', ...quiet);
  if (build || !existsSync(join(root, 'dist'))) run(root, 'npm', 'run', '--silent', 'build');
  install();
  run(sample, process.execPath, join(sample, 'node_modules/@angular/cli/bin/ng.js'), 'build');
  buildServer();
}

/** rxacme comes as the package that npm would publish: a link to it would bring a second copy of rxjs and of Angular. */
export function install() {
  const wanted = createHash('sha256');
  for (const folder of [root, sample]) wanted.update(readFileSync(join(folder, 'package.json')));
  const digest = wanted.digest('hex');
  const stamp = join(sample, 'node_modules', '.rxacme-stamp');
  const installed = join(sample, 'node_modules', 'rxacme');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) {
    // The same packages as last time: what is new in rxacme are its own files.
    rmSync(join(installed, 'dist'), { recursive: true, force: true });
    cpSync(join(root, 'dist'), join(installed, 'dist'), { recursive: true });
    return;
  }
  rmSync(installed, { recursive: true, force: true });
  run(root, 'npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', sample);
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  cpSync(join(sample, `${name}-${version}.tgz`), join(sample, 'rxacme.tgz'));
  rmSync(join(sample, `${name}-${version}.tgz`));
  run(sample, 'npm', 'install', '--no-package-lock', ...quiet);
  writeFileSync(stamp, digest);
}

/** esbuild comes with Angular. */
function buildServer() {
  const { buildSync } = createRequire(createRequire(join(sample, 'package.json')).resolve('@angular/build'))('esbuild');
  buildSync({
    entryPoints: [join(sample, 'server/main.ts')],
    outfile: join(sample, 'dist/server.js'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    absWorkingDir: sample,
    logLevel: 'warning',
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) setUp();
