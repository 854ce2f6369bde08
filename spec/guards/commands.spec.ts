/** The guards as commands: each must say no by its exit code, and the test run must end in the plain count. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { oddFiles } from '../../tools/check-package.mjs';
import { leanConfig, repository, temporaryTree } from './temporary-tree.js';

const inRepository = (path: string) => join(repository, path);
const node = (file: string, args: string[], cwd: string) => {
  const env = { ...process.env, CI: 'true', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [inRepository(file), ...args], {
    cwd,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, text: stdout + stderr };
};

const manifest = JSON.stringify({
  name: 'rxacme',
  version: '0.0.0',
  type: 'module',
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
});
const seeded = () =>
  temporaryTree({
    'package.json': manifest,
    'tsconfig.json': leanConfig,
    'README.md': '```ts\nconst x: number = "";\n```\n',
    'lib/index.ts': "import type {} from 'node:fs';\nexport const obtainCertificate = 1;\n",
    'dist/index.js': 'export const obtainCertificate = 1;\n',
    'dist/index.d.ts': 'export declare const obtainCertificate: unknown;\n',
  });

it.each([
  ['tools/check-layers.mjs', 'node-built-in: lib/index.ts'],
  ['tools/check-docstrings.mjs', 'lib/index.ts:2 obtainCertificate has no docstring'],
  ['tools/check-snippets.mjs', 'README.md:2 Type'],
])('%s exits 1', (tool, said) => {
  const { status, text } = node(tool, [], seeded());
  expect(text).toContain(said);
  expect(status).toBe(1);
});

it('the package check exits 1 for what publint, attw and the list of files find', () => {
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
    'dist/index.d.cts': 'export declare const x: number;\n',
    'secret.pem': '',
  });
  const { status, text } = node('tools/check-package.mjs', [], root);
  expect(status).toBe(1);
  for (const rule of ['publint:', 'attw:', 'files: secret.pem', 'files: dist/index.js has no source'])
    expect(text).toContain(rule);
});

it('the package check knows strangers and leftovers', () => {
  const good = ['package.json', 'README.md', 'dist/a.js', 'dist/a.d.ts', 'lib/a.ts'];
  expect(oddFiles(good)).toEqual([]);
  expect(oddFiles([...good, 'spec/a.spec.ts', 'dist/old.js'])).toHaveLength(2);
});

it('the compiler refuses what the options forbid', () => {
  const root = temporaryTree({ 'lib/a.ts': 'export const x: { y?: number } = { y: undefined };\n' }, ['tsconfig.json']);
  const { status, text } = node('node_modules/.bin/tsc', ['-p', '.'], root);
  expect(text).toContain('exactOptionalPropertyTypes');
  expect(status).not.toBe(0);
});

it('typedoc refuses a link that leads nowhere', () => {
  const source = '/** See {@link nowhere}. */\nexport const x = 1;\n';
  const files = {
    'package.json': manifest,
    'tsconfig.json': leanConfig,
    'README.md': '',
    'lib/index.ts': source,
    'lib/node/index.ts': source,
  };
  const { status, text } = node('node_modules/.bin/typedoc', [], temporaryTree(files, ['typedoc.json']));
  expect(text).toContain('nowhere');
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
  const args = ['run', '--root', root, '--reporter', inRepository('tools/ci-reporter.mjs')];
  const { status, stdout } = node('node_modules/vitest/vitest.mjs', args, root);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 passed, 2 failed, 1 skipped');
  expect(status).toBe(1);
});
