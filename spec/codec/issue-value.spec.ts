import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatIssueValue,
  isIssuerDomainName,
  issueParameter,
  isIssueLabel,
  parseIssueValue,
} from '../../lib/codec/issue-value.js';
import { anyText, unlessThrown } from './support.js';

const domain = fc.domain().map((each) => each.toLowerCase());
const tag = fc.stringMatching(/^[a-z0-9](?:-?[a-z0-9]){0,8}$/);
const value = fc.string({ unit: fc.constantFrom(...'aZ09-._~%/?=:@!"\\') });

describe('an issue value', () => {
  it.each([
    ['ca.example', 'ca.example', []],
    ['  ca.example \t', 'ca.example', []],
    ['ca.example;', 'ca.example', []],
    [';', '', []],
    ['', '', []],
    ['ca.example; a=b', 'ca.example', [['a', 'b']]],
    [
      'ca.example;a = b\t; policy=',
      'ca.example',
      [
        ['a', 'b'],
        ['policy', ''],
      ],
    ],
    ['; a=b=c', '', [['a', 'b=c']]],
  ])('%j has an issuer and parameters', (text, issuer, parameters) => {
    expect(parseIssueValue(text)).toEqual({ issuer, parameters: parameters.map(([tag, value]) => ({ tag, value })) });
  });

  it.each([
    'ca.example; a',
    'ca.example; a=b;',
    'ca.example; a=b;; c=d',
    'ca.example; =b',
    'ca.example; -a=b',
    'ca.example; a=b c',
    'ca.example; a=ü',
    'ca..example',
    'ca_x.example',
    'ca.example\u00a0; a=b',
  ])('%j is none', (text) => {
    expect(() => parseIssueValue(text)).toThrow(TypeError);
  });

  it('comes back as it was written', () => {
    fc.assert(
      fc.property(domain, fc.array(fc.record({ tag, value })), (issuer, parameters) => {
        expect(parseIssueValue(formatIssueValue({ issuer, parameters }))).toEqual({ issuer, parameters });
      }),
    );
  });

  it('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const read = unlessThrown(TypeError, () => parseIssueValue(text));
        if (read !== undefined) expect(parseIssueValue(formatIssueValue(read))).toEqual(read);
      }),
    );
  });

  it.each(['a b', 'a;b', 'ü', '\n', '\u007f'])('has no place for %j', (value) => {
    expect(() => formatIssueValue({ issuer: 'ca.example', parameters: [{ tag: 'a', value }] })).toThrow(/"a"/);
  });
});

describe('issueParameter', () => {
  it('finds a parameter in whatever case, once', () => {
    const found = parseIssueValue('ca.example; AccountURI=x; b=1; B=2');
    expect(issueParameter(found, 'accounturi')).toBe('x');
    expect(issueParameter(found, 'c')).toBeUndefined();
    expect(() => issueParameter(found, 'b')).toThrow(TypeError);
  });
});

describe('names in issue values', () => {
  it.each([
    ['ca.example', true],
    ['xn--bcher-kva.example', true],
    ['ca.example.', false],
    ['CA.example', false],
    ['bücher.example', false],
    ['', false],
    ['a'.repeat(64), false],
    [`${'a.'.repeat(126)}ab`, false],
  ])('%s is an issuer: %s', (text, expected) => {
    expect(isIssuerDomainName(text)).toBe(expected);
  });

  it.each([
    ['dns-01', true],
    ['a', true],
    ['-a', false],
    ['a-', false],
    ['a_b', false],
    ['', false],
  ])('%s is a label: %s', (text, expected) => {
    expect(isIssueLabel(text)).toBe(expected);
  });
});
