import { describe, expect, it } from 'vitest';
import { checkDocstrings } from '../../tools/check-docstrings.mjs';
import { exportLists } from '../../tools/entries.mjs';
import { command, leanConfig, temporaryTree } from './temporary-tree.js';

const manifest = JSON.stringify({
  name: 'rxacme',
  type: 'module',
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
});

const tree = (source: string, more: Record<string, string> = {}) =>
  temporaryTree({ 'package.json': manifest, 'tsconfig.json': leanConfig, 'lib/index.ts': source, ...more });

const good = `import { of, type Observable, type OperatorFunction } from 'rxjs';

/** Where to find a server. */
export interface Address {
  /** Absolute. */
  readonly url: string;
  /** @internal */
  readonly port: number;
}

/** Where to find a server, with a name for it. */
export interface NamedAddress extends Address {
  readonly url: 'https://ca.test';
}

/** How long to wait, in milliseconds. */
export const waitMs = 5;

/**
 * Reads the directory.
 *
 * Emits once. Cost: one GET. Errors: AcmeTransportError.
 *
 * @see RFC 8555 §7.1.1
 */
export const getDirectory = (): Observable<number> => of(1);

/**
 * Reads each value.
 *
 * Emits one result for each source value. Errors: AcmeProtocolError.
 */
export function decode(): OperatorFunction<number, number> {
  return (source) => source;
}
`;

/** What each seed does to one of the sound docstrings. */
const seeds: readonly (readonly [rule: string, name: string, written: string, instead: string])[] = [
  ['docstring', 'Address', '/** Where to find a server. */\n', ''],
  ['docstring', 'waitMs', '/** How long to wait, in milliseconds. */', '// How long to wait.'],
  ['member', 'Address', '/** @internal */', '// @internal'],
  ['summary', 'waitMs', 'How long to wait, in milliseconds.', 'milliseconds'],
  ['emits', 'getDirectory', 'Emits once. ', ''],
  ['errors', 'getDirectory', ' Errors: AcmeTransportError.', ''],
  ['cost', 'getDirectory', 'Cost: one GET. ', ''],
  ['see', 'getDirectory', '@see RFC 8555 §7.1.1', '@see the directory'],
  ['emits', 'decode', 'Emits one result for each source value. ', ''],
  ['errors', 'decode', ' Errors: AcmeProtocolError.', ''],
];

describe('the docstring check', () => {
  it('accepts docstrings in the house form', () => {
    expect(checkDocstrings(tree(good))).toEqual({ read: 5, problems: [] });
  });

  it('finds every seeded fault, each for its own rule', () => {
    const faulty = seeds.map(([, , written, instead]) => good.replace(written, instead));
    expect(faulty).not.toContain(good);
    // one entry a seed, so that the compiler starts once
    const files = Object.fromEntries(faulty.map((text, index) => [`lib/seed${index}/index.ts`, text]));
    const exports = Object.fromEntries(seeds.map((_, i) => [`./seed${i}`, { default: `./dist/seed${i}/index.js` }]));
    const root = tree(good, { ...files, 'package.json': JSON.stringify({ name: 'rxacme', type: 'module', exports }) });
    const found = checkDocstrings(root).problems.map(({ rule, name, place }) => [rule, name, place.split('/')[1]]);
    expect(found).toEqual(seeds.map(([rule, name], index) => [rule, name, `seed${index}`]));
  });

  it('asks no RFC of lib/rx, which knows nothing of ACME', () => {
    const root = tree("export { getDirectory } from './rx/wait.js';", {
      'lib/rx/wait.ts': good.replace('@see RFC', '@see'),
    });
    expect(checkDocstrings(root).problems).toEqual([]);
  });
});

it('the docstring check fails as a command', () => {
  const { status, text } = command('tools/check-docstrings.mjs', [], tree('export const x = 1;'));
  expect(text).toContain('lib/index.ts:1 x has no docstring');
  expect(status).toBe(1);
});

describe('the frozen list of exports', () => {
  it('changes with what is exported, and says its kind', () => {
    const list = exportLists(tree(`${good}export type More = 1;\n`)).get('rxacme');
    expect(list).toBe(
      'Address (type)\nMore (type)\nNamedAddress (type)\ndecode (function)\ngetDirectory (function)\nwaitMs (const)\n',
    );
  });
});
