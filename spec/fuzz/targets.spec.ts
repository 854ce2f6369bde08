import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readdirSync, readFileSync } from 'node:fs';
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

  it('leaves out no function that decodes, parses, reads, revives or imports', () => {
    // Those of rxacme/testing and of the development CA read what a test sends.
    const sources = readdirSync(join(repoRoot, 'lib'), { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !/^(testing|dev-ca)\//.test(file),
    );
    const reader = /^export (?:async )?(?:function|const) ((?:decode|parse|read|revive|import|from)[A-Z]\w*)/gm;
    const readers = sources.flatMap((file) =>
      [...readFileSync(join(repoRoot, 'lib', file), 'utf8').matchAll(reader)].map(([, name]) => name ?? ''),
    );
    /** Parts of others, by which they are tried. */
    const within: Readonly<Record<string, string>> = {
      readChallenge: 'decodeChallenge',
      readIdentifier: 'decodeAuthorization',
      readDirectory: 'decodeDirectory',
      readIssuer: 'readChain',
      parseDer: 'readCertificate',
      fromPem: 'importSigner',
      fromJwk: 'importSigner',
    };
    /** Tried where what is around it can be made: its property is there. */
    const elsewhere: Readonly<Record<string, string>> = {
      readMessage: 'node/dns/message',
      readSignature: 'node/dns/rfc2136',
      readBody: 'transport/fetch-body',
    };
    for (const path of Object.values(elsewhere)) {
      expect(readFileSync(join(repoRoot, 'spec', `${path}.spec.ts`), 'utf8')).toContain('fast-check');
    }
    const known = new Set(targets.flatMap(({ name }) => name.split(/\W/)));
    expect(readers.length).toBeGreaterThan(40);
    const missing = readers.filter((name) => !known.has(within[name] ?? name) && elsewhere[name] === undefined);
    expect(missing).toEqual([]);
  });

  it('leaves out no decoder and no parser of lib/codec', () => {
    const known = new Set(targets.map(({ path }) => path));
    const missing = readdirSync(join(repoRoot, 'lib', 'codec'))
      .map((file) => `codec/${file.replace(/\.ts$/, '')}`)
      .filter((path) => /codec\/(decode|parse|read)-|-(challenge|offer|extensions|header|date|after)$/.test(path))
      .filter((path) => !known.has(path));
    expect(missing).toEqual([]);
  });
});
