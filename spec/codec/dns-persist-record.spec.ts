import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dnsPersistRecord,
  dnsPersistRecords,
  dnsPersistValue,
  parseDnsPersistValue,
} from '../../lib/codec/dns-persist-record.js';
import { covers } from '../support/covers.js';
import { anyText, anyUrl, unlessThrown } from './support.js';

covers('dnsPersist01');

const policy = { issuer: 'ca.example', accountUrl: 'https://ca.example/account/1' };
const value = 'ca.example; accounturi=https://ca.example/account/1';

describe('the value of a record for dns-persist-01', () => {
  it('draft-ietf-acme-dns-persist-00, its basic example', () => {
    expect(dnsPersistValue({ issuer: 'authority.example', accountUrl: 'https://ca.example/acct/123' })).toBe(
      'authority.example; accounturi=https://ca.example/acct/123',
    );
  });

  it('acme4j: all of it; 1767225600 is 2026-01-01T00:00:00Z', () => {
    expect(
      dnsPersistValue({
        issuer: 'ca.example.net',
        accountUrl: 'https://example.com/acme/account/1',
        wildcard: true,
        persistUntilAt: new Date('2026-01-01T00:00:00.999Z'),
      }),
    ).toBe('ca.example.net; accounturi=https://example.com/acme/account/1; policy=wildcard; persistUntil=1767225600');
  });

  it.each([
    ['issuer', { ...policy, issuer: 'CA.example' }],
    ['issuer', { ...policy, issuer: '' }],
    ['accountUrl', { ...policy, accountUrl: 'no' }],
    ['accounturi', { ...policy, accountUrl: 'https://ca.example/1;2' }],
    ['persistUntilAt', { ...policy, persistUntilAt: new Date(NaN) }],
    ['persistUntilAt', { ...policy, persistUntilAt: new Date(-1) }],
  ])('refuses an %s that cannot stand in it', (name, refused) => {
    expect(() => dnsPersistValue(refused)).toThrow(TypeError);
    expect(() => dnsPersistValue(refused)).toThrow(name);
  });

  it('is read as it was written', () => {
    const any = fc.record(
      {
        issuer: fc.domain().map((each) => each.toLowerCase()),
        accountUrl: anyUrl.filter((url) => !url.includes(';')),
        wildcard: fc.boolean(),
        persistUntilAt: fc.nat(4_000_000_000).map((seconds) => new Date(seconds * 1000)),
      },
      { requiredKeys: ['issuer', 'accountUrl', 'wildcard'] },
    );
    fc.assert(
      fc.property(any, (each) => {
        expect(parseDnsPersistValue(dnsPersistValue(each))).toEqual(each);
      }),
    );
  });

  it.each([
    [
      'heavy white space',
      '   authority.example   ;   accounturi   =   https://ca.example/acct/123   ;   policy   =   wildcard   ;   persistUntil   =   4102444800   ',
      { wildcard: true, persistUntilAt: new Date(4_102_444_800_000) },
    ],
    ['unknown tags', 'authority.example;accounturi=https://ca.example/acct/123;foo=;bar=baz', { wildcard: false }],
    [
      'a policy in other letters',
      'authority.example;accounturi=https://ca.example/acct/123;pOlIcY=wIlDcArD',
      { wildcard: true },
    ],
    [
      'another policy',
      'authority.example;accounturi=https://ca.example/acct/123;policy=notwildcard',
      { wildcard: false },
    ],
  ])('Pebble takes %s, and so do we', (_, text, expected) => {
    expect(parseDnsPersistValue(text)).toEqual({
      issuer: 'authority.example',
      accountUrl: 'https://ca.example/acct/123',
      ...expected,
    });
  });

  it.each([
    ['an account twice', `${value};accounturi=https://ca.example/acct/456`],
    ['an account twice in other letters', `${value};ACCOUNTURI=https://ca.example/acct/456`],
    ['an unknown parameter twice', `${value};foo=bar;foo=baz`],
    ['a parameter without a value', `${value};invalid`],
    ['an empty tag', `${value};=abc`],
    ['an empty account', 'ca.example;accounturi='],
    ['no account', 'ca.example;policy=wildcard'],
    ['no issuer', ';accounturi=https://ca.example/acct/123'],
    ['a blank in a value', `${value};policy=wild card`],
    ['an empty persistUntil', `${value};persistUntil=`],
    ['a persistUntil in letters', `${value};persistUntil=never`],
    ['a ";" at the end', `${value};`],
  ])('Pebble refuses %s, and so do we', (_, text) => {
    expect(() => parseDnsPersistValue(text)).toThrow(TypeError);
  });

  it('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        unlessThrown(TypeError, () => parseDnsPersistValue(text));
        unlessThrown(TypeError, () => parseDnsPersistValue(`${value};${text}`));
      }),
    );
  });
});

describe('records for dns-persist-01', () => {
  it('have a name of their own', () => {
    expect(dnsPersistRecord('example.com', policy)).toEqual({
      name: '_validation-persist.example.com',
      value,
      strings: [value],
    });
  });

  it.each([254, 255, 256, 510, 511])('of %s octets are in strings of 255 at most', (length) => {
    const accountUrl = 'https://ca.example/'.padEnd(length - 'ca.example; accounturi='.length, 'x');
    const { value: text, strings } = dnsPersistRecord('a.example', { ...policy, accountUrl });
    expect(text).toHaveLength(length);
    expect(strings.join('')).toBe(text);
    expect(strings.map((each) => each.length)).toEqual(
      [255, 255, 255].map((most, index) => Math.min(most, length - 255 * index)).filter((each) => each > 0),
    );
  });

  it('are one for a name and its wildcard', () => {
    const records = dnsPersistRecords(['*.a.example', 'A.example', 'b.example', 'c.example', '*.c.example'], policy);
    expect(records.map(({ name, value: text }) => [name, text.slice(value.length)])).toEqual([
      ['_validation-persist.a.example', '; policy=wildcard'],
      ['_validation-persist.b.example', ''],
      ['_validation-persist.c.example', '; policy=wildcard'],
    ]);
    expect(dnsPersistRecords(['b.example'], { ...policy, wildcard: true })[0]?.value).toMatch(/policy=wildcard$/);
  });

  it('have the name in one form, and are not made for a wildcard by its own name', () => {
    expect(dnsPersistRecord('Bücher.example.', policy).name).toBe('_validation-persist.xn--bcher-kva.example');
    expect(() => dnsPersistRecord('*.a.example', policy)).toThrow(/wildcard/);
    expect(() => dnsPersistRecord('a b', policy)).toThrow(TypeError);
  });

  it('are for names only', () => {
    expect(() => dnsPersistRecords(['192.0.2.1'], policy)).toThrow(/192\.0\.2\.1/);
    expect(() => dnsPersistRecords([], policy)).toThrow(TypeError);
  });
});
