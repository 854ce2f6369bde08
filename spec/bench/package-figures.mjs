/** What the package itself costs: to import, to install, to download in a browser. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { measureBundle } from '../../tools/bundle-size.mjs';
import { median } from './measure.mjs';

const root = join(import.meta.dirname, '..', '..');

/** Milliseconds that one import takes in a new process. */
const importMs = (name) =>
  Number(
    execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const t = performance.now(); await import('${name}'); console.log(performance.now() - t)`,
      ],
      { cwd: root, encoding: 'utf8' },
    ),
  );

/** The packages that installing rxacme and rxjs brings, rxacme among them. */
function installedPackages() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const found = new Set(['rxacme']);
  const add = (name, from) => {
    const nested = `${from}/node_modules/${name}`;
    const path = from !== '' && nested in packages ? nested : `node_modules/${name}`;
    if (found.has(path) || !(path in packages)) return;
    found.add(path);
    for (const each of Object.keys(packages[path].dependencies ?? {})) add(each, path);
  };
  for (const name of [...Object.keys(packages[''].dependencies), 'rxjs']) add(name, '');
  return found.size;
}

/** Packed as it would be published. */
function packed() {
  const npm = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const [{ size, unpackedSize }] = JSON.parse(
    execFileSync('npm', npm, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  return { packedMb: size / 1e6, unpackedMb: unpackedSize / 1e6 };
}

export async function packageFigures(times) {
  const [rxacme, rxjs, node] = [[], [], []];
  importMs('rxacme');
  for (let each = 0; each < times; each++) {
    rxacme.push(importMs('rxacme'));
    rxjs.push(importMs('rxjs'));
    node.push(importMs('rxacme/node'));
  }
  return {
    importMs: median(rxacme),
    importRxjsMs: median(rxjs),
    importNodeMs: median(node),
    packages: installedPackages(),
    ...packed(),
    bundleKb: (await measureBundle(root)).initialBytes / 1000,
  };
}
