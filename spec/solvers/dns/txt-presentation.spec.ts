import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { txtPresentation } from '../../../lib/solvers/dns/txt-presentation.js';

describe('txtPresentation', () => {
  it.each([
    ['RFC 1035 §5.1: a quoted string', '"abc"', 'abc'],
    ['RFC 1035 §5.1: several, joined', '"abc"  "def"', 'abcdef'],
    ['RFC 1035 §5.1: \\X and \\DDD', String.raw`"a\"b\\c\100\;"`, 'a"b\\cd;'],
    ['what is not quoted', 'abc def', 'abc def'],
    ['an empty string', '""', ''],
    ['a string that is not closed', '"abc', 'abc'],
    ['an escape at the end', '"abc\\', 'abc'],
  ])('%s', (_, written, value) => {
    expect(txtPresentation(written)).toBe(value);
  });

  it('reads back what is written, whatever it is, and never throws', () => {
    const quoted = (text: string) => `"${text.replace(/[\\"]/g, (each) => `\\${each}`)}"`;
    // Digits after a backslash would be another escape: none is written here but before \ and ".
    fc.assert(
      fc.property(fc.array(fc.string()), (strings) => {
        expect(txtPresentation(strings.map(quoted).join(' ') || '""')).toBe(strings.join(''));
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => typeof txtPresentation(text) === 'string'));
  });
});
