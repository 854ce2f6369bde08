import { describe, expect, it } from 'vitest';
import { acmeSession, type IdentifierType } from '../../lib/index.js';
import { covers } from '../support/covers.js';

const open = (identifierTypes: unknown) =>
  acmeSession({
    directoryUrl: 'https://ca.test/directory',
    identifierTypes: identifierTypes as readonly IdentifierType[] | undefined,
  });

describe('acmeSession: identifierTypes', () => {
  covers('openTypes');

  it('are kept, and are a list of their own', () => {
    const types: IdentifierType[] = [
      { type: 'email', normalize: (value) => value },
      { type: 'x', requestedNames: () => ({}) },
    ];
    const { state } = open(types);
    expect(state.identifierTypes).toEqual(types);
    types.pop();
    expect(state.identifierTypes).toHaveLength(2);
    expect(open(undefined).state.identifierTypes).toEqual([]);
  });

  it('keep what they are: a type may be an object of a class', () => {
    class Mail {
      readonly type = 'email';
      normalize = (value: string) => value;
    }
    const mail = new Mail();
    expect(open([mail]).state.identifierTypes[0]).toBe(mail);
  });

  it.each<[string, unknown, string]>([
    ['one type', { type: 'email' }, 'identifierTypes, an array, must'],
    ['null', null, 'identifierTypes, an array, must'],
    ['a name', ['email'], 'identifierTypes[0] must have a type of its own'],
    ['nothing in the list', [{ type: 'email' }, undefined], 'identifierTypes[1] must have a type'],
    ['an empty name', [{ type: '' }], 'identifierTypes[0] must have a type'],
    ['dns', [{ type: 'dns' }], 'identifierTypes[0] must have a type of its own, not one of dns, ip'],
    ['ip', [{ type: 'ip' }], 'not one of dns, ip'],
    [
      'one type twice',
      [{ type: 'a' }, { type: 'b' }, { type: 'a' }],
      'identifierTypes[2] must have a type of its own, not one of dns, ip, a, b',
    ],
    ['normalize that is no function', [{ type: 'a', normalize: true }], 'normalize and requestedNames are functions'],
    [
      'requestedNames that is no function',
      [{ type: 'a', requestedNames: {} }],
      'normalize and requestedNames are functions',
    ],
  ])('throws TypeError on %s', (_, types, message) => {
    expect(() => open(types)).toThrow(TypeError);
    expect(() => open(types)).toThrow(message);
  });
});
