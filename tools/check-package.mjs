/**
 * Looks at the package as it would be published: packs it into a temporary folder, then reads the list of files and gives
 * the tarball to publint and to attw (are the types wrong?). Nothing stays behind.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const bin = (name) => join(import.meta.dirname, '..', 'node_modules', '.bin', name);

function run(command, args, root) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  return { ok: status === 0, text: `${stdout}${stderr}`.trim(), stdout };
}

const belongs = /^(dist|lib)\/|^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;

/** What is odd about the list of files: strangers, and compiled files whose source is gone. */
export function oddFiles(files) {
  const present = new Set(files);
  const strangers = files.filter((file) => !belongs.test(file)).map((file) => `${file} should not be published`);
  const stale = files
    .filter((file) => /^dist\/.*\.js$/.test(file) && !present.has(file.replace(/^dist\/(.*)\.js$/, 'lib/$1.ts')))
    .map((file) => `${file} has no source: remove dist and build again`);
  return [...strangers, ...stale];
}

/** Every complaint as `{ rule, message }`. */
export function checkPackage(root) {
  const problems = [];
  const complain = (rule, message) => problems.push({ rule, message });
  const folder = mkdtempSync(join(tmpdir(), 'rxacme-package-'));
  try {
    const pack = run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
    if (!pack.ok) return [{ rule: 'pack', message: pack.text }];
    const [{ filename, files }] = JSON.parse(pack.stdout);
    const tarball = join(folder, filename);
    for (const message of oddFiles(files.map(({ path }) => path))) complain('files', message);
    const publint = run(bin('publint'), ['run', tarball, '--strict'], root);
    if (!publint.ok) complain('publint', publint.text);
    const attw = run(bin('attw'), [tarball, '--profile', 'esm-only'], root);
    if (!attw.ok) complain('attw', attw.text);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return problems;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const problems = checkPackage(resolve(process.argv[2] ?? '.'));
  for (const { rule, message } of problems) console.error(`${rule}: ${message}`);
  console.log(`package: ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
