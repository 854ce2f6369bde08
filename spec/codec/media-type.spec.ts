import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mediaType } from '../../lib/codec/media-type.js';

it.each([
  ['application/problem+json', 'application/problem+json'],
  ['application/problem+json; charset=utf-8', 'application/problem+json'],
  ['Application/Problem+JSON;charset="UTF-8"', 'application/problem+json'],
  ['application/pem-certificate-chain ; charset=utf-8', 'application/pem-certificate-chain'],
  ['application/json, text/plain', 'application/json'],
])('reads %j as %j (RFC 9110 §8.3.1)', (value, expected) => {
  expect(mediaType(value)).toBe(expected);
});

it.each([undefined, '', ';', 'application', 'application/', '/json', 'a/b/c', 'text/ html', 'json; application/json'])(
  'finds no type in %j',
  (value) => {
    expect(mediaType(value)).toBe('');
  },
);

it('never throws, and reads its own result back', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const type = mediaType(value);
      expect(mediaType(type)).toBe(type);
      expect(type).not.toMatch(/[A-Z;,\s]/);
    }),
  );
});
