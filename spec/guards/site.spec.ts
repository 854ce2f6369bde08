import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLinks } from '../../tools/check-links.mjs';
import { categories, categoriesOf } from '../../tools/docs-categories.mjs';
import { command, temporaryTree } from './temporary-tree.js';

const site = (links: string) =>
  join(
    temporaryTree({
      'docs/index.html': `<h1 id="top">Home</h1>${links}`,
      'docs/pages/a.html': '<p class="x" id="there">A</p><a href="../index.html#top">back</a>',
      'docs/media/a b.md': '',
    }),
    'docs',
  );

describe('the check of the site’s links', () => {
  it('accepts what leads to a file and to a place in it, and what leads elsewhere', () => {
    const sound = [
      '<a href="pages/a.html#there">a</a>',
      '<a class="y" href="#top">up</a>',
      '<link rel="stylesheet" href="media/a%20b.md">',
      '<a href="https://example.org/none.html">out</a>',
    ];
    expect(checkLinks(site(sound.join('')))).toEqual({ read: 4, problems: [] });
  });

  it.each([
    ['a page that is not there', '<a href="pages/b.html">b</a>'],
    ['a place that is not there', '<a href="pages/a.html#here">a</a>'],
    ['a place of its own that is not there', '<a href="#bottom">down</a>'],
    ['what is outside', '<a href="../package.json">out</a>'],
    ['a script that is not there', '<script async src="assets/main.js"></script>'],
  ])('finds a link to %s', (_, link) => {
    const { problems } = checkLinks(site(link));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^index\.html: /);
  });

  it('fails as a command', () => {
    const { status, text } = command('tools/check-links.mjs', ['.'], site('<a href="none.html">none</a>'));
    expect(text).toContain('index.html: none.html leads nowhere');
    expect(status).toBe(1);
  });
});

describe('the categories of the site', () => {
  it('know a file, single names of one that holds several kinds, and nothing of a new file', () => {
    expect(categoriesOf('lib/workflows/obtain-certificate.ts', 'obtainCertificate')).toEqual([
      'Obtaining certificates',
    ]);
    expect(categoriesOf('lib/model/ports.ts', 'KeyStore')).toEqual(['Keys and signing']);
    expect(categoriesOf('lib/model/ports.ts', 'BrandNew')).toEqual([]);
    expect(categoriesOf('lib/resources/brand-new.ts', 'brandNew')).toEqual([]);
  });

  it('each say what they hold', () => {
    for (const { title, description } of categories) expect(`${title}: ${description}`).toMatch(/^[A-Z].*: [A-Z].*\.$/);
  });
});
