import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLinkHeader } from '../../lib/codec/link-header.js';
import { anyUrl } from './support.js';
import { covers } from '../support/covers.js';

covers('certificate');

const base = 'https://ca.example/acme/resource?page=1';
const pairs = (value: string | undefined) =>
  parseLinkHeader(value, base).map(({ url, relations }) => [url, relations.join(' ')]);

describe('parseLinkHeader reads', () => {
  it.each<[string, string, string[][]]>([
    [
      "Pebble's joined headers, with a comma within a target",
      '<https://127.0.0.1:14000/dir>;rel="index", <data:text/plain,Do%20what%20thou%20wilt>;rel="terms-of-service"',
      [
        ['https://127.0.0.1:14000/dir', 'index'],
        ['data:text/plain,Do%20what%20thou%20wilt', 'terms-of-service'],
      ],
    ],
    ['the token form', '<https://a/x>;rel=alternate', [['https://a/x', 'alternate']]],
    ['names and relations in any case, and spaces', '<https://a/x> ; REL="Alternate"', [['https://a/x', 'alternate']]],
    ['spaces around the equals sign (RFC 8288 §3)', '<https://a/x>; rel = "next"', [['https://a/x', 'next']]],
    ['two relations', '<https://a/x>; rel="up index"', [['https://a/x', 'up index']]],
    ['a relative target', '</acme/orders?cursor=2>;rel="next"', [['https://ca.example/acme/orders?cursor=2', 'next']]],
    ['the first rel only (RFC 8288 §3.3)', '<https://a/x>; rel="next"; rel="alternate"', [['https://a/x', 'next']]],
    [
      'RFC 8288 §3.5, extended parameters',
      '</TheBook/chapter2>; rel="previous"; title*=UTF-8\'de\'letztes%20Kapitel, </TheBook/chapter4>; rel="next"; title*=UTF-8\'de\'n%c3%a4chstes%20Kapitel',
      [
        ['https://ca.example/TheBook/chapter2', 'previous'],
        ['https://ca.example/TheBook/chapter4', 'next'],
      ],
    ],
    [
      'RFC 8288 §3.5, a relation that is a URI',
      '<http://example.org/>; rel="start http://example.net/relation/other"',
      [['http://example.org/', 'start http://example.net/relation/other']],
    ],
    [
      'the alternates of a certificate (Pebble)',
      '<https://ca/dir>;rel="index", <https://ca/certZ/1/alternate/1>;rel="alternate", <https://ca/certZ/1/alternate/2>;rel="alternate"',
      [
        ['https://ca/dir', 'index'],
        ['https://ca/certZ/1/alternate/1', 'alternate'],
        ['https://ca/certZ/1/alternate/2', 'alternate'],
      ],
    ],
    ['quoted commas, semicolons and quotes', '<https://a/x>; title="a, \\"b\\"; <c>"; rel=up', [['https://a/x', 'up']]],
    ['an absolute target as it stands', '<https://A.example/a/../%7e>; rel=up', [['https://A.example/a/../%7e', 'up']]],
    ['an empty target as the resource itself', '<>; rel=self', [[base, 'self']]],
    ['an anchor that is the resource itself', '<https://a/x>; rel=up; anchor="?page=1"', [['https://a/x', 'up']]],
    ['empty list elements (RFC 9110 §5.6.1.2)', ', ,<https://a/x>;rel=up,', [['https://a/x', 'up']]],
    ['empty parameters', '<https://a/x>;;rel=up;', [['https://a/x', 'up']]],
  ])('%s', (_, value, expected) => {
    expect(pairs(value)).toEqual(expected);
  });
});

describe('parseLinkHeader leaves out', () => {
  it.each<[string, string | undefined]>([
    ['a header that is absent', undefined],
    ['a header that is empty', ' \t'],
    ['links of another context (RFC 8288 §3.2)', '</terms>; rel="copyright"; anchor="#foo"'],
    ['links without rel (RFC 8288 §3.3)', '<https://a/x>; title="x"'],
    ['links with an empty rel', '<https://a/x>; rel=""'],
    ['links without brackets', 'https://a/x; rel=up'],
    ['a target without its end', '<https://a/x; rel=up'],
    ['a quoted text without its end', '<https://a/x>; rel="up'],
    ['a parameter without its semicolon', '<https://a/x> rel=up'],
    ['a target with blanks', '<https://a/ x>; rel=up'],
    ['a target that is no URL', '<https://a:99999/>; rel=up'],
    ['what stands within the quotes of another part', 'x="<https://a/x>; rel=up, <https://a/x>; rel=up"'],
  ])('%s', (_, value) => {
    expect(pairs(value)).toEqual([]);
  });

  it('a malformed part only', () => {
    expect(pairs('oops; a="b,c", <https://a/x>; rel=up, <y> z, <https://a/w>; rel=next')).toEqual([
      ['https://a/x', 'up'],
      ['https://a/w', 'next'],
    ]);
  });

  it('relative targets where the base is no URL', () => {
    expect(parseLinkHeader('</x>;rel=up, <https://a/x>;rel=up', 'nowhere')).toEqual([
      { url: 'https://a/x', relations: ['up'] },
    ]);
  });
});

describe('parseLinkHeader', () => {
  const syntax = fc.string({
    unit: fc.constantFrom(...'<>;,="\\ \tarel*/:#', 'rel=', 'https://a/', 'anchor='),
    maxLength: 60,
  });

  it('never throws, and gives absolute URLs and relations in lower case', () => {
    fc.assert(
      fc.property(fc.oneof(syntax, fc.string()), (value) => {
        for (const { url, relations } of parseLinkHeader(value, base)) {
          expect(URL.canParse(url)).toBe(true);
          expect(relations.length).toBeGreaterThan(0);
          expect(relations).toEqual(relations.map((each) => each.toLowerCase()));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('finds every link of a well-formed header, whatever its titles hold', () => {
    const relation = fc.stringMatching(/^[a-z][a-z-]{0,9}$/);
    const link = fc.record({
      url: anyUrl,
      relations: fc.uniqueArray(relation, { minLength: 1, maxLength: 3 }),
      title: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(link), (links) => {
        const value = links
          .map(({ url, relations, title }) => {
            return `<${url}>; title="${title.replace(/["\\]/g, '\\$&')}"; rel="${relations.join(' ')}"`;
          })
          .join(', ');
        expect(parseLinkHeader(value, base)).toEqual(links.map(({ url, relations }) => ({ url, relations })));
      }),
    );
  });

  it.each(['<', '<>', '"', '\\', '<a>;', '<a>;rel="', ',', '<a>;=', ' ', '<a>;a="\\"', ';', '<a', '"<'])(
    'gets through a hundred thousand times %j',
    (piece) => {
      expect(pairs(piece.repeat(100_000))).toEqual([]);
    },
  );
});
