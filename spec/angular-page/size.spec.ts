import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { describeWith } from '../support/peer.js';
import { repoRoot } from '../support/repo-root.js';
import { peer } from './support/visit.js';

interface Output {
  readonly entryPoint?: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly imports: readonly { readonly kind: string; readonly path: string }[];
}

/** What comes with an entry of the build, as Angular's statistics tell. */
function sourcesOf(folder: string, entry: string): readonly string[] {
  const text = readFileSync(join(folder, '..', 'stats.json'), 'utf8');
  const { outputs } = JSON.parse(text) as { outputs: Readonly<Record<string, Output>> };
  const reached = new Set<string>();
  const visit = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const { kind, path } of outputs[name]?.imports ?? []) if (kind === 'import-statement') visit(path);
  };
  const start = Object.keys(outputs).find((name) => outputs[name]?.entryPoint?.endsWith(entry));
  expect(start).toBeDefined();
  visit(start ?? '');
  return [...reached].flatMap((name) => Object.keys(outputs[name]?.inputs ?? {}));
}

const ofPackage = (sources: readonly string[], name: string) =>
  sources.filter((source) => source.includes(`node_modules/${name}/`));

describeWith('the downloads of the Angular sample', peer, (folder) => {
  it('are small, as its tool measures them', { timeout: 180_000 }, async () => {
    const run = promisify(execFile)(process.execPath, [join(repoRoot, 'tools', 'angular-size.mjs')]);
    const { stdout } = await run;
    const [initial, order] = [.../([\d.]+) kB (?:initial|once)/g[Symbol.matchAll](stdout)].map(([, kB]) => Number(kB));
    console.log(stdout.trim());
    expect(initial).toBeLessThan(22);
    expect(order).toBeLessThan(30);
  });

  it('bring rxacme with the page of an order, and pkijs with neither page', () => {
    const [first, order] = ['src/main.ts', 'src/app/issuance.routes.ts'].map((entry) => sourcesOf(folder(), entry));
    expect(ofPackage(first ?? [], 'rxacme')).toEqual([]);
    expect(ofPackage(order ?? [], 'rxacme').length).toBeGreaterThan(50);
    for (const late of ['pkijs', 'asn1js', 'jose', 'cross-fetch']) {
      expect([late, ofPackage([...(first ?? []), ...(order ?? [])], late)]).toEqual([late, []]);
    }
  });
});
