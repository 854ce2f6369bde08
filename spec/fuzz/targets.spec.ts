import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../support/repo-root.js';
import { randomNumbers } from './inputs.mjs';
import { outcomeOf, targets } from './targets.mjs';

const load = (path: string): Promise<object> => import(join(repoRoot, 'lib', `${path}.ts`)) as Promise<object>;

describe('every reader of what comes from outside, with random and mutated inputs', () => {
  it.each(targets.map((target) => [target.name, target] as const))(
    '%s reads or refuses, and does nothing else',
    { timeout: 60_000 },
    async (_name, target) => {
      const modules = { own: await load(target.path), shared: await load('codec/decode-problem') };
      const seen = new Set<string>();
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 31 - 1 }), async (seed) => {
          seen.add(await outcomeOf(target, modules, target.input(randomNumbers(seed))));
        }),
        { numRuns: target.weight >= 10 ? 2_000 : 60 * target.weight, endOnFailure: true },
      );
      // A corpus that is always refused tests nothing but the first line.
      expect(seen).toContain('read');
    },
  );

  it('leaves out no decoder and no parser of lib/codec', () => {
    const known = new Set(targets.map(({ path }) => path));
    const missing = readdirSync(join(repoRoot, 'lib', 'codec'))
      .map((file) => `codec/${file.replace(/\.ts$/, '')}`)
      .filter((path) => /codec\/(decode|parse|read)-|-(challenge|offer|extensions|header|date|after)$/.test(path))
      .filter((path) => !known.has(path));
    expect(missing).toEqual([]);
  });
});
