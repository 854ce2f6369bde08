import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Compiler options for seeds: strict, and without the DOM and Node types that cost the compiler its first second. */
export const leanConfig = JSON.stringify({
  compilerOptions: {
    target: 'es2022',
    lib: ['es2023'],
    module: 'nodenext',
    strict: true,
    types: [],
    skipLibCheck: true,
  },
});

/** A folder of these files that can see the repository's dependencies; gone when the test is. */
export function temporaryTree(files: Record<string, string>, copied: readonly string[] = []): string {
  const root = mkdtempSync(join(tmpdir(), 'rxacme-seeded-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'));
  for (const name of copied) copyFileSync(join(repository, name), join(root, name));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

/** Runs a command of the repository, given by its file, in `cwd` as CI would. */
export function command(file: string, args: readonly string[], cwd: string) {
  const env = { ...process.env, CI: 'true', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(repository, file), ...args], {
    cwd,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, text: stdout + stderr };
}
