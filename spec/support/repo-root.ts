import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of rxacme's package.json. Looked for upwards from this file, because the compiled copy
 * of it sits deeper (build/spec/support/) than the source does.
 */
export const repoRoot: string = findUpwards(dirname(fileURLToPath(import.meta.url)));

function findUpwards(folder: string): string {
  if (packageName(folder) === 'rxacme') return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('No package.json of rxacme above ' + import.meta.url);
  return findUpwards(parent);
}

function packageName(folder: string): unknown {
  try {
    const json: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return typeof json === 'object' && json !== null && 'name' in json ? json.name : undefined;
  } catch {
    return undefined; // No such file, as in most folders.
  }
}
