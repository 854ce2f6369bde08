import { describe, expect, it } from 'vitest';
import { uncoveredRows } from '../../tools/uncovered-rows.mjs';
import { command, temporaryTree } from './temporary-tree.js';

const readme = `# Seeded

<!-- status table: made by \`npm run tables\` -->

<!-- end of the status table -->
`;

const rows = (names: string) =>
  `export const rows = { one: { section: 'RFC 1', title: 'One', names: [${names}] } } as const;`;

const clients = (ours: string) =>
  `export const clients = [{ client: 'other', entries: [{ theirs: 'x', ours: [${ours}] }] }];`;

const tree = (changes: Record<string, string> = {}) => ({
  'README.md': readme,
  'spec/conformance/rows.ts': rows(`'known', 'rxacme/node: server'`),
  'spec/conformance/coming-from.ts': clients(`'known'`),
  'spec/exports/rxacme.txt': 'known (function)\n',
  'spec/exports/rxacme-node.txt': 'server (function)\n',
  'spec/one.spec.ts': `covers('one');`,
  ...changes,
});

const tables = (root: string, ...args: string[]) => command('tools/protocol-tables.mjs', args, root);

describe('tools/protocol-tables.mjs', () => {
  it('writes what --check accepts, and finds a page that was edited by hand', () => {
    const root = temporaryTree(tree());
    expect(tables(root, '--check').text).toContain('pages/status.md: it is not what');
    expect(tables(root)).toMatchObject({ status: 0, text: expect.stringContaining('3 files written') });
    expect(tables(root, '--check')).toMatchObject({ status: 0, text: expect.stringContaining('up to date') });
  });

  it.each([
    ['a row that names what is not exported', { 'spec/conformance/rows.ts': rows(`'lost'`) }, 'lost is not exported'],
    ['a row that names nothing', { 'spec/conformance/rows.ts': rows('') }, 'row one: it names nothing'],
    ['a row without a spec', { 'spec/one.spec.ts': '' }, `row one: no spec says covers('one')`],
    [
      'a spec of a row that is not there',
      { 'spec/two.spec.ts': `covers('two')` },
      `covers('two'): there is no such row`,
    ],
    ['a name of another client without an answer', { 'spec/conformance/coming-from.ts': clients('') }, 'has no answer'],
    [
      'an answer that is not exported',
      { 'spec/conformance/coming-from.ts': clients(`'lost'`) },
      'lost is not exported',
    ],
    ['a README without a place for the table', { 'README.md': '# Seeded' }, 'README.md: it lacks the lines'],
  ])('refuses %s', (_, changes, message) => {
    const { status, text } = tables(temporaryTree(tree(changes)));
    expect(status).toBe(1);
    expect(text).toContain(message);
  });
});

interface Suite {
  readonly covers?: readonly string[];
  readonly tests: readonly string[];
  readonly errors?: number;
  readonly suites?: readonly Suite[];
}

const suite = ({ covers, tests, errors = 0, suites = [] }: Suite): object => ({
  meta: () => ({ covers }),
  errors: () => Array.from({ length: errors }),
  children: {
    allTests: () => tests.map((state) => ({ result: () => ({ state }) })),
    allSuites: () => suites.map(suite),
  },
});

describe('tools/uncovered-rows.mjs', () => {
  it.each<[string, Suite, string[]]>([
    ['passes a row whose file passed', { covers: ['one'], tests: ['passed', 'skipped'] }, []],
    ['passes a row whose suite passed', { tests: ['failed'], suites: [{ covers: ['one'], tests: ['passed'] }] }, []],
    ['names a row without a suite', { tests: ['passed'] }, ['one']],
    ['names a row whose tests were skipped', { covers: ['one'], tests: ['skipped'] }, ['one']],
    ['names a row of which a test failed', { covers: ['one'], tests: ['passed', 'failed'] }, ['one']],
    ['names a row whose suite broke', { covers: ['one'], tests: ['passed'], errors: 1 }, ['one']],
  ])('%s', (_, module, uncovered) => {
    expect(uncoveredRows([suite(module)], ['one'])).toEqual(uncovered);
  });
});
