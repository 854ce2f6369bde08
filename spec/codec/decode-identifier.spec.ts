import { expect, it } from 'vitest';
import { identifierOf, readIdentifier } from '../../lib/codec/decode-identifier.js';
import { membersOf } from '../../lib/codec/received.js';
import { protocolErrorOf } from './support.js';

const read = (raw: object) => readIdentifier(membersOf({ raw }, 'identifier'));

it('keeps the value as the server wrote it, and leaves out members of extensions', () => {
  expect(read({ type: 'dns', value: 'Example.ORG', ancestorDomain: 'org' })).toEqual({
    type: 'dns',
    value: 'Example.ORG',
  });
  expect(read({ type: 'of-tomorrow', value: '?' })).toEqual({ type: 'of-tomorrow', value: '?' });
});

it.each([{}, { type: 'dns' }, { value: 'a' }, { type: '', value: 'a' }, { type: 'dns', value: 5 }])(
  'refuses %j',
  (raw) => {
    protocolErrorOf(() => read(raw));
    expect(identifierOf(raw)).toBeUndefined();
  },
);

it.each([undefined, null, 'example.org', ['dns', 'a']])('finds none in %j where it informs only', (raw) => {
  expect(identifierOf(raw)).toBeUndefined();
});
