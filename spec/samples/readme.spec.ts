import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { transform } from 'esbuild';
import { expect, it } from 'vitest';
import { repoRoot } from '../support/repo-root.js';

/** The blocks of README.md that hold a text. */
const blocksWith = (text: string): string[] =>
  [...readFileSync(join(repoRoot, 'README.md'), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)]
    .map(([, code = '']) => code)
    .filter((code) => code.includes(text));

/** Runs a program against the built package, and returns what it prints. */
function run(code: string): string {
  const folder = join(repoRoot, '.cache', `readme-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'block.mjs');
  writeFileSync(file, code);
  try {
    return execFileSync(process.execPath, [file], { encoding: 'utf8', stdio: 'pipe', timeout: 30_000 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A test function that runs what it is given, in place of a test runner's. */
const runner = 'const it = (name, test) => { test(); console.log(`passed: ${name}`); };';

it('shows a marble test that passes as it stands, and fails where it expects something else', () => {
  const [block = ''] = blocksWith("it('waits out a rate limit'");
  const runBlock = (code: string) => run(code.replace("import { it } from 'vitest';", runner));
  expect(runBlock(block)).toContain('passed: waits out a rate limit');
  expect(() => runBlock(block.replace('3600s (c|)', '3599s (c|)'))).toThrow('expected');
});

/** What the blocks declare: an account at a development CA that takes every proof for good. */
const given = `
import { lastValueFrom as last, firstValueFrom as first, concatMap as then } from 'rxjs';
import * as rxacme from 'rxacme';
import { nodeTransport as transportTo } from 'rxacme/node';
import { startDevCa } from 'rxacme/dev-ca';
const { directoryUrl, rootPem } = await new Promise((resolve) => startDevCa({ alwaysValid: true }).subscribe(resolve));
const session = rxacme.acmeSession({ directoryUrl, transport: transportTo({ ca: rootPem }) });
const toAccount = then((signer) => rxacme.newAccount(session, { signer, termsOfServiceAgreed: true }));
const account = await last(rxacme.generateSigner().pipe(toAccount));
const key = await last(rxacme.generateCertificateKey('P-256'));
const solvers = [rxacme.http01({ add: async () => {}, remove: async () => {} })];
const prove = async () => {};
`;

const runGiven = async (code: string, end: string): Promise<string> => {
  const { code: script } = await transform(code, { loader: 'ts', format: 'esm' });
  return run(`${given}\n${script.replaceAll(/^export \{[^}]*\};$/gms, '')}\n${end}\nprocess.exit();`);
};

it('shows a certificate of two names step by step', async () => {
  const [block = ''] = blocksWith('forkJoin');
  const end = 'console.log(String((await last(certificate$)).leaf.identifiers.map(({ value }) => value)));';
  expect(await runGiven(block, end)).toBe('example.org,www.example.org\n');
});

it('shows many names, of which one that is none stops nobody else', async () => {
  const [block = ''] = blocksWith('hosts$');
  const hosts = "const hosts$ = (await import('rxjs')).of('a.test', 'under_score?.test', 'b.test');\n";
  const end =
    'outcomes$.subscribe({ next: ({ host, error }) => console.log(host, error?.name), complete: () => process.exit() });\nawait new Promise(() => {});';
  const outcomes = await runGiven(`${hosts}${block}`, end);
  expect(outcomes.trim().split('\n').sort()).toEqual([
    'a.test undefined',
    'b.test undefined',
    'under_score?.test TypeError',
  ]);
});
