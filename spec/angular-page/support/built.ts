/** Builds the Angular sample once for all of its specs, for production, from the package that was built last. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { TestProject } from 'vitest/node';
import { repoRoot } from '../../support/repo-root.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** What stands in the way of the sample, empty for nothing. */
    sampleMissing: string;
  }
}

export const sampleFolder = join(repoRoot, 'samples', 'angular');

export default function setUp({ provide }: TestProject): void {
  const setup = `import { setUp } from './setup.mjs'; setUp({ build: ${!existsSync(join(repoRoot, 'dist'))} });`;
  const ours = /^(VITEST|NODE_OPTIONS|TEST$)/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', setup], {
    cwd: sampleFolder,
    encoding: 'utf8',
    env,
  });
  provide('sampleMissing', status === 0 ? '' : `samples/angular cannot be built: ${stderr.slice(-2_000)}`);
}
