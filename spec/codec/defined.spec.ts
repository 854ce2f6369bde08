import { expect, it } from 'vitest';
import { defined } from '../../lib/codec/defined.js';

it('leaves out undefined members, and nothing else', () => {
  const members = defined({ a: undefined as string | undefined, b: null, c: 0, d: '', e: false });
  expect(Object.keys(members)).toEqual(['b', 'c', 'd', 'e']);
  const a: { readonly a?: string; readonly c: number } = members;
  expect(a.c).toBe(0);
});
