import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { obtainCertificate, retryWhenAllowed } from 'rxacme';
import { fakeCa, recordingSolver, testAccount, virtualTime } from 'rxacme/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blocksOf } from '../../tools/check-snippets.mjs';
import { describeWith } from '../support/peer.js';
import { repoRoot } from '../support/repo-root.js';
import { otherRunners, runFile, type TestRunner, testRunners } from './support/test-runners.js';

const samples = join(repoRoot, 'samples', 'testing');
const sampleOf = (name: string) => join(samples, `${name}.test.mjs`);
// Vitest decides while it collects whether a suite is skipped, so it must be known by then.
const others = await otherRunners();

let folder: string;
beforeEach(() => {
  // Inside of the package, so that its name leads to what was built; outside of what other runs collect.
  mkdirSync(join(repoRoot, '.cache'), { recursive: true });
  folder = mkdtempSync(join(repoRoot, '.cache', 'sample-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes the sample with a slip in it, and gives the file. */
function seeded(name: string, right: string, wrong: string): string {
  const text = readFileSync(sampleOf(name), 'utf8');
  expect(text).toContain(right);
  const file = join(folder, `${name}.test.mjs`);
  writeFileSync(file, text.replace(right, wrong));
  return file;
}

function specsOf(name: string, runner: TestRunner): void {
  describe(`the sample for ${name}`, () => {
    it('passes, and is one test', async () => {
      const { code, text } = await runFile(runner, sampleOf(name));
      expect(text).toMatch(runner.onePassed);
      expect(code).toBe(0);
    });

    it.each([
      ['a wrong time', "'3600s (c|)'", "'3599s (c|)'"],
      ['a wrong value', "map(() => 'c')", "map(() => 'd')"],
      ['a rate limit that is not waited for', 'maxWaitMs: 7_200_000', 'maxWaitMs: 1_000'],
    ])('fails with %s, and shows expected and actual', async (_, right, wrong) => {
      const { code, text } = await runFile(runner, seeded(name, right, wrong));
      expect(text).toMatch(runner.oneFailed);
      expect(text).toMatch(/expected:\n[^]*actual:\n/);
      expect(code).toBeGreaterThan(0);
    });
  });
}

for (const name of ['vitest', 'node-test']) specsOf(name, testRunners[name] as TestRunner);

describeWith('other runners', others, () => {
  for (const name of ['jasmine', 'mocha', 'jest']) specsOf(name, testRunners[name] as TestRunner);
});

const readme = readFileSync(join(repoRoot, 'README.md'), 'utf8');

// The guard for examples compiles the block; running the samples runs it.
it('there is a sample for each runner, and each is the marble test of the README but for where `it` comes from', () => {
  const names = Object.keys(testRunners);
  expect(readdirSync(samples).sort()).toEqual(names.map((name) => `${name}.test.mjs`).sort());
  const shown = blocksOf('README.md', readme, false)
    .map(({ code }) => `${code.join('\n')}\n`)
    .filter((code) => code.includes("from 'rxacme/testing'"));
  expect(shown).toHaveLength(1);
  const belowTheFirstLine = (code = '') => code.split('\n').slice(1).join('\n');
  const tests = names.map((name) => belowTheFirstLine(readFileSync(sampleOf(name), 'utf8')));
  expect(tests).toEqual(names.map(() => belowTheFirstLine(shown[0])));
  expect(readFileSync(sampleOf('vitest'), 'utf8')).toBe(shown[0]);
});

it('the timeline in the README is the one of that test', () => {
  const drawn = virtualTime(({ scheduler, flush }) => {
    const ca = fakeCa({ scheduler, badNonceEvery: 3 });
    ca.failNext('newOrder', { type: 'rateLimited', retryAfter: '3600' });
    obtainCertificate(testAccount(ca, { scheduler }), { identifiers: ['example.org'], solvers: [recordingSolver()] })
      .pipe(retryWhenAllowed({ maxWaitMs: 7_200_000, scheduler }))
      .subscribe();
    flush();
    return ca.timeline();
  });
  expect(readme).toContain(`\n${drawn.split('\n').slice(0, -1).join('\n')}\n`);
});
