import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repoRoot } from '../support/repo-root.js';

/** The build checks the application, and nobody the specs beside it. */
it('the specs of the Angular sample are typed', { timeout: 120_000 }, async () => {
  const tsc = join(repoRoot, 'node_modules', '@typescript', 'native', 'bin', 'tsc');
  const project = join(repoRoot, 'samples', 'angular', 'tsconfig.spec.json');
  const { code, printed } = await new Promise<{ code: unknown; printed: string }>((resolve) => {
    execFile(process.execPath, [tsc, '-p', project], { cwd: repoRoot }, (error, stdout) => {
      resolve({ code: error?.code ?? 0, printed: stdout });
    });
  });
  // What is wrong elsewhere is for the checks of the repository to tell.
  expect(printed.split('\n').filter((line) => line.startsWith('samples/'))).toEqual([]);
  expect(code === 0 || /^(lib|spec)\//.test(printed)).toBe(true);
});
