/**
 * Looks at the package as it would be published: packs it into a temporary folder, then reads the list of files, gives
 * the tarball to publint and to attw (are the types wrong?), and compiles a user of it. Nothing stays behind.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const bin = (name) => join(import.meta.dirname, '..', 'node_modules', '.bin', name);

function run(command, args, root) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  return { ok: status === 0, text: `${stdout}${stderr}`.trim(), stdout };
}

const belongs = /^dist\/|^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/;

/** The files of the package that have no business there. */
export const oddFiles = (files) =>
  files.filter((file) => !belongs.test(file)).map((file) => `${file} should not be published`);

/** Installs the tarball in `folder` as a user would, and compiles every entry with nothing skipped. */
function checkDeclarations(root, folder, tarball) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const installed = join(folder, 'node_modules', manifest.name);
  mkdirSync(installed, { recursive: true });
  run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'], root);
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies, '@types/node': '' })) {
    const [from, to] = [join(root, 'node_modules', name), join(folder, 'node_modules', name)];
    if (!existsSync(from)) continue;
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(from, to);
  }
  const entries = Object.keys(manifest.exports).filter((path) => !path.endsWith('.json'));
  const uses = entries.map((path, index) => `export * as e${index} from '${manifest.name}${path.slice(1)}';\n`);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'user.ts'), uses.join(''));
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom'];
  return run(bin('tsc'), ['user.ts', ...options, '--types', 'node', '--ignoreConfig'], folder);
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
    const declarations = checkDeclarations(root, folder, tarball);
    if (!declarations.ok) complain('declarations', declarations.text);
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
