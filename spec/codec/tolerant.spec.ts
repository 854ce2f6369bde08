import { expect, it } from 'vitest';
import type { JsonObject } from '../../lib/model/json.js';
import { flagOf, isObject, objectsOf, ownMember, textOf, textsOf } from '../../lib/codec/tolerant.js';

it('reads own members only', () => {
  expect(ownMember({}, 'toString')).toBeUndefined();
  expect(ownMember({ a: null }, 'a')).toBeNull();
  expect(textOf(Object.create({ a: 'inherited' }) as JsonObject, 'a')).toBeUndefined();
});

it('tells objects from arrays, null and the rest', () => {
  expect([{}, [], null, undefined, 'x', 1].map(isObject)).toEqual([true, false, false, false, false, false]);
});

it('leaves out what is of another type', () => {
  const object = { text: 'a', empty: '', number: 1, flag: true, mixed: ['a', '', 1, null, {}, ['b'], 'c'] };
  expect(['text', 'empty', 'number', 'mixed', 'none'].map((name) => textOf(object, name))).toEqual([
    'a',
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(['flag', 'number'].map((name) => flagOf(object, name))).toEqual([true, undefined]);
  expect(['mixed', 'text', 'none'].map((name) => textsOf(object, name))).toEqual([['a', 'c'], [], []]);
  expect(['mixed', 'text', 'none'].map((name) => objectsOf(object, name))).toEqual([[{}], [], []]);
});
