import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloaded } from './downloaded.js';
import type { Peer } from './peer.js';
import { repoRoot } from './repo-root.js';

/**
 * Packages that rxacme itself does not depend on, installed apart from its lock file, into a folder below `.cache`, unless
 * they are there. The peer is that folder.
 *
 * @param versions Exact ones, by name.
 */
export async function npmPackages(name: string, versions: Readonly<Record<string, string>>): Promise<Peer<string>> {
  const folder = join(repoRoot, '.cache', name);
  const isThere = () => Object.entries(versions).every(([each, version]) => installedVersion(folder, each) === version);
  const wanted = Object.entries(versions).map((each) => each.join('@'));
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=1'];
  const outcome = await downloaded({
    folder,
    find: () => (isThere() ? folder : undefined),
    by: ['npm', 'install', '--no-save', '--no-package-lock', ...quiet, '--prefix', folder, ...wanted],
  });
  if ('missing' in outcome) return { missing: `npm install ${wanted.join(' ')}: ${outcome.missing}` };
  return { peer: folder, version: wanted.join(', ') };
}

function installedVersion(folder: string, name: string): string | undefined {
  const manifest = join(folder, 'node_modules', name, 'package.json');
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version?: string }).version;
}
