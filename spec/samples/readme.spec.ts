import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { repoRoot } from '../support/repo-root.js';

/** The blocks of README.md that hold a text. */
const blocksWith = (text: string): string[] =>
  [...readFileSync(join(repoRoot, 'README.md'), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)]
    .map(([, code = '']) => code)
    .filter((code) => code.includes(text));

/** Runs a block that is JavaScript too, with a test function that runs what it is given, against the built package. */
function runBlock(code: string): string {
  const folder = join(repoRoot, '.cache', `readme-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'block.mjs');
  writeFileSync(file, `globalThis.it = (name, test) => { test(); console.log('passed: ' + name); };\n${code}`);
  try {
    return execFileSync(process.execPath, [file], { encoding: 'utf8', stdio: 'pipe' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

it('shows a marble test that passes as it stands, and fails where it expects something else', () => {
  const [block = ''] = blocksWith("it('waits out a rate limit'");
  expect(runBlock(block)).toContain('passed: waits out a rate limit');
  expect(() => runBlock(block.replace('3600s (c|)', '3599s (c|)'))).toThrow('expected');
});
