import { expect, it } from 'vitest';
import { measureBundle } from '../../tools/bundle-size.mjs';
import { temporaryTree } from './temporary-tree.js';

const measure = (
  entry: string,
  { limit, files = {} }: { readonly limit?: number; readonly files?: Record<string, string> } = {},
) => {
  const root = temporaryTree({
    'package.json': JSON.stringify({ name: 'seeded', type: 'module', sideEffects: false, exports: './dist/index.js' }),
    'dist/index.js': entry,
    'dist/pki.js': "export { Certificate } from 'pkijs';",
    'dist/later.js': "export { mergeMap, of } from 'rxjs';",
    ...files,
  });
  return measureBundle(root, "export * from 'seeded';", limit);
};

const rulesOf = ({ problems }: Awaited<ReturnType<typeof measure>>) => [...new Set(problems.map(({ rule }) => rule))];

it('accepts a small entry that loads pkijs late, and counts both parts apart', async () => {
  const result = await measure("import { of } from 'rxjs';\nexport const read = () => of(import('./pki.js'));");
  expect(result.problems).toEqual([]);
  expect(result.initialBytes).toBeLessThan(500);
  expect(result.laterBytes).toBeGreaterThan(50_000);
});

it.each([
  ['at once', "export { concatMap, of, switchMap } from 'rxjs';"],
  ['later', "export const later = () => import('./later.js');"],
  ['at once and later', "export { of } from 'rxjs';\nexport const later = () => import('./later.js');"],
])('does not count rxjs where it is imported %s', async (_when, entry) => {
  const { initialBytes, laterBytes } = await measure(entry);
  expect(initialBytes).toBeLessThan(120);
  expect(laterBytes).toBeLessThan(120);
});

it('does not count how many files import the same of rxjs', async () => {
  const parts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const part = (name: string) =>
    `import { concatMap, defer, map } from 'rxjs';\n` +
    `export const ${name} = (x$) => defer(() => x$).pipe(concatMap(map), map(${name}));`;
  const [one, many] = await Promise.all(
    [parts.slice(0, 1), parts].map((names) =>
      measure(names.map((name) => `export * from './${name}.js';`).join('\n'), {
        files: Object.fromEntries(names.map((name) => [`dist/${name}.js`, part(name)])),
      }),
    ),
  );
  expect(many?.initialBytes).toBeLessThan((one?.initialBytes ?? 0) + 7 * 12);
});

it('refuses pkijs and asn1js at once', async () => {
  const result = await measure("export { Certificate } from './pki.js';");
  expect(rulesOf(result)).toEqual(['late-only', 'size']);
  expect(result.problems.map(({ message }) => message).join()).toMatch(/pkijs.*asn1js|asn1js.*pkijs/);
});

it('refuses cross-fetch, which a browser does not need', async () => {
  expect(rulesOf(await measure("export { fetch } from 'cross-fetch';"))).toEqual(['late-only']);
});

it.each(["export { readFileSync } from 'node:fs';", "import http from 'http';\nexport const x = () => http;"])(
  'refuses a Node built-in: %s',
  async (entry) => expect(rulesOf(await measure(entry))).toEqual(['node-built-in']),
);

it('refuses an entry over the limit', async () => {
  expect(rulesOf(await measure('export const text = "some text";', { limit: 20 }))).toEqual(['size']);
});
