import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is gone when the spec is over. */
export function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), 'rxacme-node-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** All that is in it, sorted. */
export const contentOf = (path: string): readonly string[] =>
  (readdirSync(path, { recursive: true }) as string[]).sort();
