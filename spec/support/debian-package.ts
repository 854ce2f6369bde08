import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { downloaded } from './downloaded.js';
import type { Peer } from './peer.js';
import { repoRoot } from './repo-root.js';

/** A package of Debian's, and how to see that it runs. */
export interface DebianPackageOptions {
  /** The folder below `.cache`. */
  readonly folder: string;
  readonly name: string;
  /** A command for sh that ends with 0 where the package runs, relative to where it was unpacked. */
  readonly check: string;
  /**
   * The suites to take the package from, and nothing but it, best first. Default: the release that this machine runs, and
   * with it the packages that it needs and this machine lacks.
   */
  readonly suites?: readonly string[];
}

/** Where a package was unpacked. */
export interface DebianPackage {
  readonly root: string;
  /** The folders of its libraries, for LD_LIBRARY_PATH. */
  readonly libraries: string;
  readonly version: string;
}

/** Newest first. */
export const debianSuites = ['sid', 'trixie', 'bookworm'] as const;

/** A package of Debian's, unpacked below `.cache`, downloaded if need be: with apt-get, without root. */
export async function debianPackage(options: DebianPackageOptions): Promise<Peer<DebianPackage>> {
  const { name, check, suites = [] } = options;
  const folder = join(repoRoot, '.cache', options.folder);
  const script = join(repoRoot, 'spec', 'support', 'get-debian-package.sh');
  const outcome = await downloaded({
    folder,
    find: () => unpacked(folder, suites),
    by: ['sh', script, folder, name, check, ...suites],
  });
  if ('missing' in outcome) return { missing: `${name}: ${outcome.missing}` };
  return { peer: outcome.found, version: `${name} ${outcome.found.version}` };
}

function unpacked(folder: string, suites: readonly string[]): DebianPackage | undefined {
  const names = suites.length > 0 || !existsSync(folder) ? suites : readdirSync(folder);
  const root = names.map((suite) => join(folder, suite)).find((each) => existsSync(join(each, 'version')));
  if (root === undefined) return undefined;
  return { root, libraries: librariesIn(root).join(':'), version: readFileSync(join(root, 'version'), 'utf8').trim() };
}

const librariesIn = (root: string): readonly string[] => {
  const files = ['usr/lib', 'lib']
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((each) => join(folder, each)));
  return [...new Set(files.filter((file) => /\.so\b/.test(file)).map((file) => dirname(file)))];
};
