import { expect, it } from 'vitest';
import { blocksOf, checkSnippets } from '../../tools/check-snippets.mjs';
import { command, leanConfig, temporaryTree } from './temporary-tree.js';

const manifest = JSON.stringify({
  name: 'rxacme',
  type: 'module',
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
});

const built = `import type { Observable } from 'rxjs';
export interface AcmeAccount { readonly url: string }
export declare const getUrl: (account: AcmeAccount) => Observable<string>;
`;

const readme = `# Seeded

\`\`\`ts
import { getUrl, type AcmeAccount } from 'rxacme';
const account: AcmeAccount = { url: 'https://ca.example/1' };
getUrl(account).subscribe((url: number) => url);
\`\`\`

<!-- given
import { getUrl, type AcmeAccount } from 'rxacme';
declare const account: AcmeAccount;
-->

\`\`\`ts
getUrl(account).subscribe();
\`\`\`

\`\`\`sh
this is not TypeScript
\`\`\`

\`\`\`ts
getUrl(undefined);
\`\`\`
`;

const docstring = (code: string) => `/**
 * Looks up.
 *
 * @example
 * \`\`\`ts
 * ${code}
 * \`\`\`
 */
export const x = 1;
`;

it('names the line of what does not compile, in Markdown and in docstrings', () => {
  const root = temporaryTree({
    'package.json': manifest,
    'tsconfig.json': leanConfig,
    'README.md': readme,
    'dist/index.js': '',
    'dist/index.d.ts': built,
    'lib/good.ts': docstring('getUrl(account).pipe(map((url) => url.length)).subscribe();'),
    'lib/bad.ts': docstring('getUrl(account).pipe(map((url) => url.size)).subscribe();'),
    'lib/strange.ts': docstring('getUri(account);'),
  });
  const { compiled, problems } = checkSnippets(root);
  expect(compiled).toBe(6);
  expect(problems.map(({ place, message }) => `${place} ${message.split('\n')[0]}`)).toEqual([
    expect.stringMatching(/^README\.md:6 No overload matches/),
    expect.stringMatching(/^README\.md:23 Cannot find name 'getUrl'/),
    expect.stringMatching(/^lib\/bad\.ts:6 Property 'size' does not exist/),
    expect.stringMatching(/^lib\/strange\.ts:6 Cannot find name 'getUri'/),
  ]);
});

it('fails as a command', () => {
  const files = {
    'package.json': '{ "name": "rxacme", "exports": {} }',
    'lib/a.ts': docstring('const x: string = 1;'),
  };
  const { status, text } = command(
    'tools/check-snippets.mjs',
    [],
    temporaryTree({ ...files, 'tsconfig.json': leanConfig }),
  );
  expect(text).toContain('lib/a.ts:6 Type');
  expect(status).toBe(1);
});

it('refuses to judge a package that is not built', () => {
  const root = temporaryTree({ 'package.json': manifest, 'README.md': readme });
  expect(() => checkSnippets(root)).toThrow('not built: rxacme');
});

it('reads only ts blocks, and what is given only for the block that follows', () => {
  const blocks = blocksOf('README.md', readme, false);
  expect(blocks.map(({ line, given }) => [line, given.length])).toEqual([
    [4, 0],
    [15, 2],
    [23, 0],
  ]);
});
