/**
 * Builds the package into dist, in two forms of the same sources:
 *
 * - `dist/**`: declarations by tsc, and each module by itself, so that bundlers keep only what is used;
 * - `dist/joined`: for Node, which reads a few files faster than some hundred, each entry as one file, and what entries
 *   share in files of their own.
 *
 * In both, what is loaded later by an `import()` stands in `dist/later`, each in one file that holds all it needs but other
 * packages: otherwise a bundler cuts what is needed at once into pieces, to share some of it. Errors of ours know
 * their class across such copies (`instanceof` goes by name).
 *
 * `node tools/build.mjs [ROOT]`
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { entriesOf } from './entries.mjs';

const laterName = (path) => `#later/${basename(path, '.js')}`;

/** An `import()` goes by the package's own map of imports, so that it can stand in any file. */
const later = {
  name: 'later',
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\// }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: laterName(path), external: true } : undefined,
    );
  },
};

const common = { format: 'esm', target: 'es2022', platform: 'neutral', legalComments: 'none', logLevel: 'warning' };
const bundled = { ...common, bundle: true, packages: 'external', external: ['#*'], plugins: [later] };

/** The modules that the sources name in an `import()`, by name. */
function laterModules(lib) {
  const found = {};
  for (const file of readdirSync(lib, { recursive: true }).filter((name) => name.endsWith('.ts'))) {
    const path = join(lib, file);
    for (const [, target] of readFileSync(path, 'utf8').matchAll(/\bimport\('(\.[^']+)\.js'\)/g)) {
      const source = resolve(path, '..', `${target}.ts`);
      const name = basename(target);
      if ((found[name] ?? source) !== source) throw new Error(`two modules that are loaded later are called ${name}`);
      found[name] = source;
    }
  }
  return found;
}

/** Deletes the declarations that no entry leads to. */
function pruneDeclarations(dist, entries) {
  const kept = new Set();
  const visit = (path) => {
    if (kept.has(path)) return;
    kept.add(path);
    for (const [, , target] of readFileSync(path, 'utf8').matchAll(/(\bfrom |\bimport\()["'](\.[^"']+)\.js["']/g))
      visit(resolve(path, '..', `${target}.d.ts`));
  };
  entries.forEach(visit);
  for (const name of readdirSync(dist, { recursive: true }).filter((each) => each.endsWith('.d.ts')))
    if (!kept.has(join(dist, name))) rmSync(join(dist, name));
}

/** What `#fetch` may lead to. */
const conditional = ({ imports }) => Object.values(imports['#fetch']).map((path) => path.replace(/^\.\/dist\//, ''));

export async function buildPackage(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const [lib, dist] = [join(root, 'lib'), join(root, 'dist')];
  rmSync(dist, { recursive: true, force: true });
  const tsc = join(import.meta.dirname, '..', 'node_modules', '.bin', 'tsc');
  const declared = spawnSync(tsc, ['-p', 'tsconfig.json', '--emitDeclarationOnly'], { cwd: root, stdio: 'inherit' });
  if (declared.status !== 0) return false;

  const entries = entriesOf(root);
  pruneDeclarations(
    dist,
    entries.map(({ built }) => built.replace(/\.js$/, '.d.ts')),
  );
  const entryPoints = [...entries.map(({ source }) => source), join(lib, 'dev-ca', 'cli.ts')];
  const { metafile } = await build({
    ...bundled,
    absWorkingDir: root,
    entryPoints,
    outdir: join(dist, 'joined'),
    outbase: lib,
    splitting: true,
    chunkNames: 'shared/[hash]',
    metafile: true,
  });
  for (const [name, source] of Object.entries(laterModules(lib))) {
    await build({ ...bundled, absWorkingDir: root, entryPoints: { [name]: source }, outdir: join(dist, 'later') });
  }
  for (const path of conditional(manifest)) {
    const source = join(lib, path.replace(/\.js$/, '.ts'));
    await build({ ...bundled, absWorkingDir: root, entryPoints: [source], outfile: join(dist, path) });
  }
  const modules = Object.keys(metafile.inputs);
  const { outputFiles } = await build({
    ...common,
    absWorkingDir: root,
    entryPoints: modules,
    outdir: dist,
    outbase: lib,
    write: false,
  });
  for (const { path, text } of outputFiles) {
    const named = text.replaceAll(/\bimport\("(\.[^"]+)"\)/g, (_, target) => `import("${laterName(target)}")`);
    writeFileSync(path, named);
  }
  return true;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = (await buildPackage(resolve(process.argv[2] ?? '.'))) ? 0 : 1;
}
