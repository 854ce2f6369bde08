/** The guards that are other people's programs: each must say no, by its exit code, to what its configuration forbids. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { oddFiles } from '../../tools/check-package.mjs';
import { command, leanConfig, repository, temporaryTree } from './temporary-tree.js';

it('the package check exits 1 for what publint, attw, the compiler and the list of files find', () => {
  const root = temporaryTree({
    'package.json': JSON.stringify({
      name: 'seeded',
      version: '1.0.0',
      type: 'module',
      exports: {
        '.': { types: './dist/index.d.cts', default: './dist/index.js' },
        './gone': { types: './dist/gone.d.ts', default: './dist/gone.js' },
      },
    }),
    'dist/index.js': 'export const x = 1;\n',
    'dist/index.d.cts': 'export declare const x: Missing;\n',
    'secret.pem': '',
  });
  const { status, text } = command('tools/check-package.mjs', [], root);
  expect(status).toBe(1);
  for (const rule of [
    'publint:',
    'attw:',
    "declarations: node_modules/seeded/dist/index.d.cts(1,25): error TS2304: Cannot find name 'Missing'",
    'files: secret.pem',
  ])
    expect(text).toContain(rule);
});

it('the package check knows strangers', () => {
  const good = ['package.json', 'README.md', 'dist/a.js', 'dist/a.d.ts', 'dist/later/b.js'];
  expect(oddFiles(good)).toEqual([]);
  expect(oddFiles([...good, 'spec/a.spec.ts', 'lib/a.ts'])).toHaveLength(2);
});

it('the compiler refuses what the options forbid', () => {
  const root = temporaryTree({ 'lib/a.ts': 'export const x: { y?: number } = { y: undefined };\n' }, ['tsconfig.json']);
  const { status, text } = command('node_modules/.bin/tsc', ['-p', '.'], root);
  expect(text).toContain('exactOptionalPropertyTypes');
  expect(status).not.toBe(0);
});

/** What typedoc says of a package each entry of which is this text. */
function documented(source: string, more: object) {
  const { entryPoints, ...options } = JSON.parse(readFileSync(join(repository, 'typedoc.json'), 'utf8')) as {
    entryPoints: string[];
  };
  const files = {
    'package.json': JSON.stringify({ name: 'rxacme', type: 'module', exports: {} }),
    'tsconfig.json': leanConfig,
    'typedoc.json': JSON.stringify({ ...options, intentionallyNotExported: [], customCss: '', entryPoints, ...more }),
    'README.md': '',
    'pages/page.md': '# A page\n',
    'samples/angular/README.md': '# A sample\n',
    'CHANGELOG.md': '# Changes\n',
    ...Object.fromEntries(entryPoints.map((path) => [path, source])),
  };
  return command('node_modules/.bin/typedoc', [], temporaryTree(files));
}

it('typedoc refuses a link that leads nowhere', () => {
  const { status, text } = documented('/** See {@link nowhere}. */\nexport const x = 1;\n', { plugin: [] });
  expect(text).toContain('Failed to resolve link to "nowhere"');
  expect(status).not.toBe(0);
});

it('typedoc refuses an export that is in no category of the site', () => {
  const plugin = [join(repository, 'tools/typedoc-plugin.mjs')];
  const { status, text } = documented('/** One. */\nexport const x = 1;\n', { plugin });
  expect(text).toContain('x (lib/index.ts) belongs to no category');
  expect(status).not.toBe(0);
});

it('a test run ends in the plain count, and counts a file that cannot load as failed', () => {
  const root = temporaryTree({
    'a.spec.ts': `import { it } from 'vitest';
      it('passes', () => {});
      it('fails', () => { throw new Error('seeded'); });
      it.skip('is skipped', () => {});`,
    'b.spec.ts': "import './nowhere.js';",
  });
  const args = ['run', '--root', root, '--reporter', join(repository, 'tools/ci-reporter.mjs')];
  const { status, stdout } = command('node_modules/vitest/vitest.mjs', args, root);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 passed, 2 failed, 1 skipped');
  expect(status).toBe(1);
});

it('a whole test run fails where a row of the status table was not shown to hold', () => {
  const root = temporaryTree({
    'spec/conformance/rows.ts': 'export const rows = { shown: {}, skipped: {}, nowhere: {} };',
    'a.spec.ts': `import { beforeAll, describe, it } from 'vitest';
      const covers = (row) => beforeAll(({}, suite) => { suite.meta.covers = [row]; });
      describe('one', () => { covers('shown'); it('passes', () => {}); });
      describe('two', () => { covers('skipped'); it.skip('is skipped', () => {}); });`,
  });
  const args = ['run', '--root', root, '--reporter', join(repository, 'tools/ci-reporter.mjs')];
  const { status, stdout } = command('node_modules/vitest/vitest.mjs', args, root);
  expect(stdout).toContain('shows the row skipped to hold');
  expect(stdout).toContain('shows the row nowhere to hold');
  expect(stdout).not.toContain('the row shown');
  expect(stdout.trim().split('\n').at(-1)).toBe('1 passed, 2 failed, 1 skipped');
  expect(status).toBe(1);
  expect(command('node_modules/vitest/vitest.mjs', [...args, 'a.spec.ts'], root).status).toBe(0);
});
