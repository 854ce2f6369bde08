import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repoRoot } from '../support/repo-root.js';
import { coreFolders, specsForPages } from '../support/page-specs.js';
import { temporaryTree } from './temporary-tree.js';

const sound = "import { of } from 'rxjs';\nimport { it } from 'vitest';\nit('works', () => of(1));\n";
const chosen = (files: Record<string, string>) =>
  specsForPages(temporaryTree({ 'lib/index.ts': '', ...files }), ['spec']);
const one = (text: string) => chosen({ 'spec/a.spec.ts': `${text}\n${sound}` });

describe('the specs that run in a page too', () => {
  it('are those that need no Node', () => {
    expect(one('')).toEqual(['spec/a.spec.ts']);
    expect(one("import type { Server } from 'node:http';")).toHaveLength(1);
    expect(one("import { deepStrictEqual } from 'node:assert';")).toHaveLength(1);
    expect(one('// Buffer.from is for Node')).toHaveLength(1);
  });

  it.each([
    ['a built-in module', "import { readFileSync } from 'node:fs';"],
    ['one for what it does', "import 'node:http';"],
    ['one that is loaded late', "const fs = () => import('node:fs');"],
    ['another package', "import { parse } from 'dns-packet';"],
    ['a global of Node’s', "Buffer.from('a');"],
    ['its process', "process.env['CI'];"],
    ['its timers', 'await new Promise(setImmediate);'],
    ['the place of a file', 'new URL(import.meta.url);'],
    ['modules that are replaced', 'vi.resetModules();'],
    ['a suite that takes long', "describe('a year', { timeout: 60_000 }, () => 0);"],
  ])('are none of those with %s', (_, text) => {
    expect(one(text)).toEqual([]);
  });

  it('are none of those that come to Node by way of others', () => {
    const files = {
      'spec/a.spec.ts': `import './b.js';\n${sound}`,
      'spec/b.ts': "export * from '../lib/c.js';\n",
      'lib/c.ts': "export const late = () => import('./d.js');\n",
      'lib/d.ts': "export { request } from 'node:http';\n",
      'spec/e.spec.ts': `import 'rxacme';\nimport 'rxacme/node';\n${sound}`,
      'lib/node/index.ts': "import 'node:net';\n",
      'spec/f.spec.ts': `import 'rxacme';\n${sound}`,
      'spec/g.browser.spec.ts': sound,
    };
    expect(chosen(files)).toEqual(['spec/f.spec.ts']);
  });

  it('are most of those of the core', () => {
    const there = coreFolders.flatMap((folder) =>
      readdirSync(join(repoRoot, folder), { recursive: true, encoding: 'utf8' }),
    );
    const specs = there.filter((name) => name.endsWith('.spec.ts')).length;
    const inPages = specsForPages(repoRoot, coreFolders).length;
    console.log(`${inPages} of ${specs} specs of the core run in a page too`);
    // A spec that has to have Node for what it compares with is right to have it; support that all share is not.
    expect(inPages).toBeGreaterThan(0.55 * specs);
    expect(inPages).toBeGreaterThanOrEqual(150);
  });
});
