import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Missing } from './peer.js';

const limitMs = 240_000;
const failureAgeMs = 300_000;

/** How something is found in a folder, and what puts it there. */
export interface Download<T> {
  readonly folder: string;
  readonly find: () => T | undefined;
  /** A program and its arguments. */
  readonly by: readonly [program: string, ...args: string[]];
}

/**
 * What is in a folder, downloaded if need be; or why it is not. A download that failed is not tried again for five
 * minutes, so that a run of many spec files without a network fails once and not many times.
 */
export async function downloaded<T>({ folder, find, by }: Download<T>): Promise<{ readonly found: T } | Missing> {
  const there = find();
  if (there !== undefined) return { found: there };
  const failure = join(folder, 'failure');
  const age = Date.now() - (statSync(failure, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (age < failureAgeMs) return { missing: `${readFileSync(failure, 'utf8')} (to try again now, delete ${failure})` };

  const output = await outputOf(by);
  const found = find();
  if (found !== undefined) {
    rmSync(failure, { force: true });
    return { found };
  }
  const missing = `the download failed: ${output.trim().split('\n').slice(-4).join(' | ')}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(failure, missing);
  } catch {
    // A folder that cannot be written to is part of the reason already.
  }
  return { missing };
}

/** Everything that a program says. Never rejects: what it leaves shows whether it worked. */
async function outputOf([program, ...args]: Download<never>['by']): Promise<string> {
  // A process group of its own, so that the limit ends the program together with what it has started.
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const timer = setTimeout(() => {
    output += `\nno result after ${limitMs / 1000} s`;
    killGroup(child.pid);
  }, limitMs);
  try {
    await once(child, 'close');
  } catch (error) {
    output += String(error);
  } finally {
    clearTimeout(timer);
  }
  return output;
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // Ended by itself in the meantime.
  }
}
