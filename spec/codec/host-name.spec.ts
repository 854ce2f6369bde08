import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHostName } from '../../lib/codec/host-name.js';
import { internationalNames } from '../vectors/identifiers.js';
import { anyText, thrownBy, unlessThrown } from './support.js';

const long = (length: number) => 'a'.repeat(length);
const name253 = `${`${long(49)}.`.repeat(5)}abc`;

describe('toHostName', () => {
  it.each<readonly [string, string]>([
    ...internationalNames,
    ['example。com。', 'example.com'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['localhost', 'localhost'],
    ['a', 'a'],
    ['1.example', '1.example'],
    ['1.2.3.4.example', '1.2.3.4.example'],
    ['0x7f.example', '0x7f.example'],
    ['a--b.example', 'a--b.example'],
    [`${long(63)}.example`, `${long(63)}.example`],
    [name253, name253],
    [`${name253}.`, name253],
  ])('writes %s as %s', (text, expected) => {
    expect(toHostName(text)).toBe(expected);
  });

  it.each([
    '',
    '.',
    '..',
    'a..b',
    '.a',
    'a..',
    '1.2',
    '1',
    '0x7f.1',
    '0x7f',
    '0x',
    'example.0xab',
    '1.2.3.4',
    '1.2.3.4.',
    '256.256.256.256',
    '１.２.３.４',
    'example.1',
    'example.com:443',
    'example.com：443',
    'user@example.com',
    'user:pass@example.com',
    'example.com/path',
    'example.com\\path',
    'example.com?q',
    'example.com#f',
    'example.com？q',
    'https://example.com',
    'exa mple.com',
    ' example.com',
    'example.com\n',
    'exa\tmple.com',
    'exam%70le.com',
    'exam％70le.com',
    '[::1]',
    '::1',
    '_dmarc.example.com',
    'exa_mple.com',
    '-example.com',
    'example-.com',
    '*',
    '*.example.com',
    '＊.example.com',
    'a*.example.com',
    'xn--.example',
    'a\u0000.example',
    `${long(64)}.example`,
    `a${name253}`,
    `${'ü'.repeat(60)}.example`,
    long(100_000),
  ])('refuses %j', (text) => {
    expect(thrownBy(() => toHostName(text))).toBeInstanceOf(TypeError);
  });

  const nearly = fc.string({ unit: fc.constantFrom(...'aZ09-._*ü。١:/@%[]? ', 'xn--', '0x', '.'), maxLength: 20 });

  it('throws nothing but TypeError, takes nothing but host names, and does not change its own result', () => {
    fc.assert(
      fc.property(fc.oneof(nearly, fc.domain(), fc.string({ unit: 'grapheme' }), anyText), (text) => {
        const name = unlessThrown(TypeError, () => toHostName(text));
        if (name === undefined) return;
        expect(name).toMatch(
          /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
        );
        expect(name).toBe(domainToASCII(text).replace(/\.$/, ''));
        expect(toHostName(name)).toBe(name);
        expect(new URL(`https://${name}:8443/`).hostname).toBe(name);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes every domain name', () => {
    fc.assert(
      fc.property(fc.domain(), (text) => {
        expect(toHostName(text)).toBe(text.toLowerCase());
      }),
    );
  });
});
