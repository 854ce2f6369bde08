import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CaaOptions, caaRecord, parseCaaRecord } from '../../lib/codec/caa-record.js';
import { covers } from '../support/covers.js';
import { anyText, anyUrl, unlessThrown } from './support.js';

covers('caa');

describe('caaRecord', () => {
  it.each<[string, CaaOptions, string]>([
    ['RFC 8659 §4.2: one issuer', { issuer: 'ca1.example.net' }, '0 issue "ca1.example.net"'],
    ['RFC 8659 §4.2: nobody', { issuer: '' }, '0 issue ";"'],
    ['RFC 8659 §4.3: nobody for wildcards', { issuer: '', wildcard: true }, '0 issuewild ";"'],
    [
      'RFC 8657 §3: an account',
      { issuer: 'example.net', accountUrl: 'https://example.net/account/1234' },
      '0 issue "example.net; accounturi=https://example.net/account/1234"',
    ],
    [
      'RFC 8657 §4: two methods',
      { issuer: 'example.net', validationMethods: ['dns-01', 'ca-foo'] },
      '0 issue "example.net; validationmethods=dns-01,ca-foo"',
    ],
    [
      'all of it',
      {
        issuer: 'CA.example.',
        accountUrl: 'https://ca.example/a/1',
        validationMethods: ['http-01'],
        wildcard: true,
        critical: true,
      },
      '128 issuewild "ca.example; accounturi=https://ca.example/a/1; validationmethods=http-01"',
    ],
  ])('%s', (_, options, text) => {
    const record = caaRecord(options);
    expect(record.text).toBe(text);
    expect(`${record.flags} ${record.tag} "${record.value}"`).toBe(text);
  });

  it('is written in quotes that its value does not end', () => {
    const accountUrl = 'https://ca.example/"x';
    const { text, value } = caaRecord({ issuer: 'ca.example', accountUrl });
    expect(value).toBe(`ca.example; accounturi=${accountUrl}`);
    expect(text).toBe('0 issue "ca.example; accounturi=https://ca.example/\\"x"');
    expect(parseCaaRecord(text).accountUrl).toBe(accountUrl);
  });

  it.each<[string, CaaOptions, RegExp]>([
    ['an issuer that is no name', { issuer: 'ca example' }, /host name/],
    ['an account that is no URL', { issuer: 'ca.example', accountUrl: '/1' }, /accountUrl/],
    ['an account that would end its parameter', { issuer: 'ca.example', accountUrl: 'https://a/;b' }, /accounturi/],
    ['an empty list', { issuer: 'ca.example', validationMethods: [] }, /validationMethods/],
    ['a method with a comma', { issuer: 'ca.example', validationMethods: ['a,b'] }, /validationMethods/],
    ['a method with an underscore', { issuer: 'ca.example', validationMethods: ['dns_01'] }, /validationMethods/],
    ['an account of nobody', { issuer: '', accountUrl: 'https://ca.example/1' }, /issuer/],
  ])('refuses %s', (_, options, message) => {
    expect(() => caaRecord(options)).toThrow(TypeError);
    expect(() => caaRecord(options)).toThrow(message);
  });
});

describe('parseCaaRecord', () => {
  it('reads what caaRecord writes', () => {
    const options = fc.record(
      {
        issuer: fc.domain().map((each) => each.toLowerCase()),
        accountUrl: anyUrl.filter((url) => !url.includes(';')),
        validationMethods: fc.array(fc.constantFrom('dns-01', 'http-01', 'ca-x'), { minLength: 1 }),
        wildcard: fc.boolean(),
        critical: fc.boolean(),
      },
      { requiredKeys: ['issuer', 'wildcard', 'critical'] },
    );
    fc.assert(
      fc.property(options, (each) => {
        const { parameters, ...policy } = parseCaaRecord(caaRecord(each).text);
        expect(policy).toEqual(each);
        expect(parameters).toHaveLength(Object.keys(each).length - 3);
        expect(caaRecord(policy)).toEqual(caaRecord(each));
      }),
    );
  });

  it('keeps what it does not know', () => {
    expect(parseCaaRecord('1 ISSUE "ca.example;policy=ev"')).toEqual({
      issuer: 'ca.example',
      wildcard: false,
      critical: false,
      parameters: [{ tag: 'policy', value: 'ev' }],
    });
    expect(parseCaaRecord('0 issue ca.example').issuer).toBe('ca.example');
  });

  it.each([
    '0 iodef "mailto:a@example.org"',
    '256 issue "ca.example"',
    'issue "ca.example"',
    '0 issue "ca.example',
    '0 issue "ca.example; accounturi=a; AccountURI=b"',
    '0 issue "ca.example; validationmethods=a; validationmethods=b"',
    '',
  ])('refuses %j', (text) => {
    expect(() => parseCaaRecord(text)).toThrow(TypeError);
  });

  it('reads or refuses any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        unlessThrown(TypeError, () => parseCaaRecord(text));
        unlessThrown(TypeError, () => parseCaaRecord(`0 issue "${text}"`));
      }),
    );
  });
});
