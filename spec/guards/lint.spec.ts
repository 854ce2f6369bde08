import { join } from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { leanConfig, repository, temporaryTree } from './temporary-tree.js';

/** The real configuration; the house rules need no types, so the typed ones are off and a file need not exist. */
const house = new ESLint({ cwd: repository, overrideConfig: tseslint.configs.disableTypeChecked });

const rulesBroken = async (eslint: ESLint, file: string, code: string) => {
  const [result] = await eslint.lintText(`${code}\n`, { filePath: join(repository, file) });
  const messages = result?.messages ?? [];
  const unread = messages.find(({ fatal, ruleId }) => fatal === true || ruleId === null);
  if (unread) throw new Error(`the seed itself is wrong: ${unread.message}`);
  return messages.map(({ ruleId }) => ruleId);
};

const lines = (count: number) => Array.from({ length: count }, (_, index) => `  f(${index});`).join('\n');
const from = (names: string) => `import { ${names} } from 'rxjs';\n`;

type Seed = readonly [rule: string, code: string, file?: string];

const seeds: readonly Seed[] = [
  // time and chance
  ['rxacme/virtual-time', 'setTimeout(() => 0, 5);'],
  ['rxacme/virtual-time', 'globalThis.setTimeout(() => 0, 5);'],
  ['rxacme/virtual-time', 'setInterval(() => 0, 5);'],
  ['rxacme/virtual-time', 'queueMicrotask(() => 0);'],
  ['rxacme/virtual-time', 'export const now = { now: Date.now };'],
  ['rxacme/virtual-time', 'export const at = (): Date => new Date();'],
  ['rxacme/virtual-time', 'export const at = (): string => Date();'],
  ['rxacme/virtual-time', 'export const at = (): number => performance.now();'],
  ['rxacme/virtual-time', 'export const limit = (): AbortSignal => AbortSignal.timeout(5);'],
  ['rxacme/virtual-time', 'export const jitter = (): number => Math.random();'],
  ['rxacme/virtual-time', 'export const jitter = (): number => Math.random();', 'lib/request/session-options.ts'],
  ['rxacme/virtual-time', 'export const random = Math.random;'],
  // promises
  ['rxacme/no-promises', 'export async function f(): Promise<void> {}'],
  ['rxacme/no-promises', 'export const f = async (): Promise<void> => {};'],
  ['rxacme/no-promises', 'export const f = { async g(): Promise<void> {} };'],
  ['rxacme/no-promises', 'await f();'],
  ['rxacme/no-promises', 'export const p = new Promise(() => 0);'],
  ['rxacme/no-promises', 'export const p = Promise.resolve(1);'],
  ['rxacme/no-promises', 'p.then(f);'],
  ['rxacme/no-promises', 'p.catch(f);'],
  ['rxacme/no-promises', 'stream$.toPromise();'],
  // subscriptions
  ['rxacme/no-subscribe', 'stream$.subscribe();'],
  ['rxacme/no-subscribe', 'stream$?.subscribe(f);', 'lib/rx/poll-until.ts'],
  ['rxacme/no-subscribe', 'stream$.connect();'],
  // rxjs
  ['rxacme/rxjs-imports', from('shareReplay')],
  ['rxacme/rxjs-imports', from('firstValueFrom')],
  ['rxacme/rxjs-imports', from('lastValueFrom as last')],
  ['rxacme/rxjs-imports', "import * as rx from 'rxjs';"],
  ['rxacme/rxjs-imports', "import { map } from 'rxjs/operators';"],
  ['rxacme/rxjs-imports', "import { Observable } from 'rxjs/internal/Observable';"],
  ['rxacme/rxjs-imports', "export { shareReplay } from 'rxjs/operators';"],
  ['rxacme/rxjs-imports', "import { TestScheduler } from 'rxjs/testing';"],
  ['rxacme/explicit-concurrency', `${from('mergeMap')}stream$.pipe(mergeMap(f));`],
  ['rxacme/explicit-concurrency', `${from('mergeMap as all')}stream$.pipe(all((x) => x));`],
  ['rxacme/explicit-concurrency', `${from('mergeAll')}stream$.pipe(mergeAll());`],
  ['rxacme/explicit-concurrency', `${from('flatMap')}stream$.pipe(flatMap(f, 5));`],
  // subjects
  ['rxacme/no-subject-in-api', 'export const events: Subject<string> = make();'],
  ['rxacme/no-subject-in-api', 'export const events = new Subject<string>();'],
  ['rxacme/no-subject-in-api', 'const events = new ReplaySubject<string>();\nexport { events };'],
  ['rxacme/no-subject-in-api', 'export function f(sink: Subject<string>): void {}'],
  ['rxacme/no-subject-in-api', 'export const f = (): { readonly s: BehaviorSubject<string> } => make();'],
  ['rxacme/no-subject-in-api', 'export interface Handle { readonly events: Subject<string> }'],
  ['rxacme/no-subject-in-api', 'export type Handle = readonly Subject<string>[];'],
  ['rxacme/no-subject-in-api', 'export class Handle extends Subject<string> {}'],
  ['rxacme/no-subject-in-api', 'export class Handle {\n  readonly events = new Subject<string>();\n}'],
  // names and declarations
  ['rxacme/whole-words', 'export const getAuthz = 1;'],
  ['rxacme/whole-words', 'export const f = (acctUrl: string): string => acctUrl;'],
  ['rxacme/whole-words', 'export interface Solver { readonly chal: string }'],
  ['rxacme/whole-words', 'export const fine = 1;', 'lib/resources/authz.ts'],
  ['rxacme/whole-words', 'export const chalUrl = 1;', 'samples/obtain.ts'],
  ['rxacme/plain-declarations', 'export enum Status { Valid }'],
  ['rxacme/plain-declarations', 'export default 1;'],
  ['rxacme/plain-declarations', 'const x = 1;\nexport { x as default };'],
  ['rxacme/plain-declarations', 'export namespace Acme {\n  export const x = 1;\n}'],
  ['rxacme/plain-declarations', 'export interface ITransport { readonly x: string }'],
  // size, platform, form
  ['max-lines-per-function', `export const f = (): void => {\n${lines(60)}\n};`],
  ['max-lines', lines(301)],
  ['no-restricted-globals', 'export const bytes = Buffer.from([]);'],
  ['no-restricted-globals', 'export const home = process.cwd();'],
  ['no-console', 'console.log(1);'],
  ['@typescript-eslint/explicit-module-boundary-types', 'export const f = (x: string) => x;'],
  ['@typescript-eslint/consistent-type-imports', "import { A } from './a.js';\nexport const f = (a: A): A => a;"],
  [
    '@typescript-eslint/no-import-type-side-effects',
    "import { type A } from './a.js';\nexport const f = (a: A): A => a;",
  ],
  ['@typescript-eslint/no-explicit-any', 'export const f = (x: any): void => x;'],
  ['@typescript-eslint/no-unused-vars', 'const left = 1;', 'spec/rx/some.spec.ts'],
];

const allowed: readonly Seed[] = [
  ['rxacme/virtual-time', 'setTimeout(() => 0, 5);', 'lib/node/server.ts'],
  ['rxacme/virtual-time', 'export const at = (ms: number): Date => new Date(ms);'],
  ['rxacme/virtual-time', 'export const f = (setTimeout: (n: number) => void): void => setTimeout(5);'],
  ['rxacme/virtual-time', 'export const at = (clock: Clock): number => clock.performance.now();'],
  ['rxacme/virtual-time', 'export const r = (o: O): R => o.random ?? Math.random;', 'lib/request/session-options.ts'],
  ['rxacme/no-promises', 'export async function f(): Promise<void> {}', 'lib/transport/fetch-transport.ts'],
  ['rxacme/no-promises', 'export const f = async (): Promise<void> => {};', 'lib/signing/jws.ts'],
  ['rxacme/no-subscribe', 'stream$.subscribe();', 'lib/rx/bracket.ts'],
  ['rxacme/no-subscribe', 'stream$.subscribe();', 'lib/transport/fetch-transport.ts'],
  ['rxacme/no-subscribe', 'export const o = { subscribe: 1 };'],
  ['rxacme/rxjs-imports', "import { TestScheduler } from 'rxjs/testing';", 'lib/testing/virtual-time.ts'],
  ['rxacme/explicit-concurrency', `${from('mergeMap')}stream$.pipe(mergeMap(f, 16));`],
  ['rxacme/explicit-concurrency', `${from('mergeAll')}stream$.pipe(mergeAll(1));`],
  ['rxacme/no-subject-in-api', 'const events = new Subject<string>();\nexport const f = (): void => events.next(1);'],
  ['rxacme/no-subject-in-api', 'export class Handle {\n  readonly #events = new Subject<string>();\n}'],
  ['rxacme/whole-words', 'export const newAuthz = "newAuthz", challenge = 1, account = 2, authorization = 3;'],
  ['rxacme/plain-declarations', 'export interface Identifier {}\nexport interface IPv4Address {}'],
  ['max-lines-per-function', `export const f = (): void => {\n${lines(58)}\n};`],
];

const cases = (given: readonly Seed[]) =>
  given.map(([rule, code, file = 'lib/resources/seeded.ts']) => ({ rule, code, file }));

describe('lint refuses', () => {
  it.each(cases(seeds))('$rule: $code', async ({ rule, code, file }) => {
    expect(await rulesBroken(house, file, code)).toContain(rule);
  });
});

describe('lint accepts', () => {
  it.each(cases(allowed))('$rule: $code', async ({ rule, code, file }) => {
    expect(await rulesBroken(house, file, code)).not.toContain(rule);
  });
});

it('lint with types refuses a promise that nobody waits for', async () => {
  const code = "export const f = (): void => {\n  import('rxjs');\n};\n";
  const root = temporaryTree({ 'tsconfig.json': leanConfig, 'lib/seeded.ts': code });
  const typed = new ESLint({
    cwd: root,
    overrideConfigFile: join(repository, 'eslint.config.js'),
    overrideConfig: { files: ['lib/**'], languageOptions: { parserOptions: { tsconfigRootDir: root } } },
  });
  const [result] = await typed.lintFiles('lib/seeded.ts');
  expect(result?.messages.map(({ ruleId }) => ruleId)).toEqual(['@typescript-eslint/no-floating-promises']);
});
