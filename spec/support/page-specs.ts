import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The folders whose specs run in a page too, as far as they need no Node. */
export const coreFolders: readonly string[] = [
  ...['codec', 'flows', 'model', 'request', 'resources', 'rx', 'signing', 'solvers', 'testing', 'transport'],
  ...['workflows', 'x509'],
].map((folder) => `spec/${folder}`);

/** Packages that run in pages. Others bring Node along, or want to be compiled first. */
const packages = /^(rxjs|jose|pkijs|asn1js|@noble\/hashes|fast-check|vitest)(\/|$)/;
/** Of these, only what has a stand-in in spec/browser/support. */
const standIns = /^node:assert$/;
/** What Node has and pages have not, and what Vitest does to modules in Node alone. */
const nodeOnly =
  /\b(?:Buffer|process)\b[.(]|\b(?:setImmediate|__dirname)\b|\bimport\.meta\.(?:url|dirname)\b|\bvi\.(?:resetModules|mock|doMock)\b/;
/** A suite that asks for more time than others works through years: once is enough. */
const longSuite = /^describe\([^]*?\{ timeout: [\d_]+ \}, \(\) =>/m;
const statements = /\b(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s*)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g;

/**
 * The specs that need no Node, relative to `root`: neither they nor anything that they import, however far away, imports
 * a built-in module or a package that is not for pages, or uses a global of Node's.
 *
 * @param folders Those below `root` in which specs are looked for.
 */
export function specsForPages(root: string, folders: readonly string[]): readonly string[] {
  const verdicts = new Map<string, boolean>();
  const runsInPages = (file: string): boolean => {
    const known = verdicts.get(file);
    if (known !== undefined) return known;
    verdicts.set(file, true); // Until proven otherwise: files may import each other.
    const text = readFileSync(file, 'utf8').replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
    const isSpec = !relative(root, file).startsWith(`lib${sep}`);
    const verdict =
      !(isSpec && (nodeOnly.test(text) || longSuite.test(text))) &&
      [...text.matchAll(statements)].every(([, fixed, late]) => {
        const name = String(fixed ?? late);
        const target = resolved(root, file, name);
        if (target === undefined) return packages.test(name) || standIns.test(name);
        return runsInPages(target);
      });
    verdicts.set(file, verdict);
    return verdict;
  };
  return folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
    )
    .filter((name) => name.endsWith('.spec.ts') && !name.endsWith('.browser.spec.ts') && runsInPages(join(root, name)))
    .map((name) => name.split(sep).join('/'))
    .sort();
}

/** The file of the repository that an import leads to; undefined for a package. */
function resolved(root: string, file: string, name: string): string | undefined {
  if (name === '#fetch') return join(root, 'lib/transport/fetch.browser.ts');
  if (name === 'rxacme') return join(root, 'lib/index.ts');
  if (name.startsWith('rxacme/')) return join(root, 'lib', name.slice('rxacme/'.length), 'index.ts');
  if (!name.startsWith('.')) return undefined;
  const path = join(dirname(file), name);
  const typed = path.replace(/\.js$/, '.ts');
  return existsSync(typed) ? typed : path;
}
