import { describe, expect, it } from 'vitest';
import { checkRequestable, namesFit } from '../../lib/codec/requestable.js';
import type { Identifier } from '../../lib/model/identifier.js';
import { thrownBy } from './support.js';

const dns = (value: string): Identifier => ({ type: 'dns', value });
const ip = (value: string): Identifier => ({ type: 'ip', value });
const email = (value: string): Identifier => ({ type: 'email', value });

describe('checkRequestable', () => {
  it.each<[string, readonly Identifier[], readonly string[]]>([
    ['names and addresses', [dns('a.test'), ip('::1')], []],
    ['a type that is registered', [email('a@b.c'), dns('a.test')], ['email']],
    ['nothing', [], []],
  ])('takes %s', (_, identifiers, types) => {
    expect(() =>
      checkRequestable(
        identifiers,
        types.map((type) => ({ type })),
      ),
    ).not.toThrow();
  });

  it.each([[], [{ type: 'Email' }], [{ type: 'toString' }]])('refuses a type that is not registered', (...types) => {
    const error = thrownBy(() => checkRequestable([dns('a.test'), email('a@b.c')], types));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toMatch(/"email": register .*bring a CSR/);
  });
});

describe('namesFit', () => {
  it.each<[string, readonly Identifier[], readonly Identifier[], boolean]>([
    ['the same names', [dns('a.test'), ip('0:0::1')], [ip('::1'), dns('A.test')], true],
    ['fewer names', [dns('a.test')], [dns('a.test'), ip('::1')], false],
    ['more names', [dns('a.test'), dns('b.test')], [dns('a.test')], false],
    ['other names', [dns('b.test')], [dns('a.test')], false],
    ['names of other kinds beside the right ones', [dns('a.test'), email('a@b.c')], [dns('a.test')], true],
    ['identifiers of other types, which say nothing', [dns('a.test')], [dns('a.test'), email('a@b.c')], true],
    ['nothing, for other types alone', [], [email('a@b.c')], true],
    ['a common name that looks like one, for other types', [dns('c02abc')], [email('a@b.c')], true],
    ['a name that is missing, for other types too', [dns('c02abc')], [dns('a.test'), email('a@b.c')], false],
    ['other names, and not for other types', [dns('b.test')], [], false],
  ])('%s', (_, requested, ordered, fits) => {
    expect(namesFit(requested, ordered)).toBe(fits);
  });
});
