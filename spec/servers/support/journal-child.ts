import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repoRoot } from '../../support/repo-root.js';

/** What a child does until it is killed. */
export type JournalJob =
  | { readonly what: 'order'; readonly folder: string; readonly webRoot: string; readonly names: readonly string[] }
  | { readonly what: 'write'; readonly folder: string };

/** What a child tells. */
export interface Told {
  readonly presenting?: string;
  readonly type?: string;
  readonly orderUrl?: string;
  readonly error?: string;
  readonly begun?: 'write' | 'erase';
  readonly over?: 'write' | 'erase';
  readonly id?: string;
  readonly number?: string;
}

const script = fileURLToPath(new URL('journal-child.mjs', import.meta.url));

/** Runs a job with the built package until `enough` calls what it is given, then kills the child. Emits what it told. */
export async function killed(
  job: JournalJob,
  enough: (told: readonly Told[], kill: () => void) => void,
): Promise<readonly Told[]> {
  if (!existsSync(join(repoRoot, 'dist', 'index.js'))) throw new Error('the package is not built: npm run build');
  const child: ChildProcess = fork(script, [JSON.stringify(job)], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const told: Told[] = [];
  const kill = () => void child.kill('SIGKILL');
  const timer = setTimeout(kill, 20_000);
  child.on('message', (message: Told) => {
    told.push(message);
    enough(told, kill);
  });
  const signal = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (_, by) => resolve(by));
  });
  clearTimeout(timer);
  if (signal !== 'SIGKILL') throw new Error(`the child ended by itself: ${JSON.stringify(told.at(-1))}`);
  return told;
}
