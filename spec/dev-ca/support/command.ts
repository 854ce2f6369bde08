import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { onTestFinished } from 'vitest';
import { repoRoot } from '../../support/repo-root.js';

/** Bundles the command from the sources into a folder that can see the dependencies; returns its file. */
export async function builtCommand(): Promise<{ readonly file: string; remove(): void }> {
  // Packages are found upwards from it, so it has to be within the repository.
  const cache = join(repoRoot, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'dev-ca-'));
  await build({
    entryPoints: [join(repoRoot, 'lib/dev-ca/cli.ts')],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: { '#fetch': join(repoRoot, 'lib/transport/fetch.default.ts') },
    logLevel: 'silent',
  });
  return { file: join(folder, 'cli.mjs'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Running {
  readonly child: ChildProcess;
  /** What it has printed so far, on each stream. */
  readonly printed: { stdout: string; stderr: string };
  /** Resolves when it has ended. */
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
}

/** Runs the command. What is left of it when the spec is over is killed. */
export function command(file: string, args: readonly string[], cwd: string): Running {
  const child = spawn(process.execPath, [file, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (printed[name] += text));
  }
  const ended: Running['ended'] = new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, printed, ended };
}
