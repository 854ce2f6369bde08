import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derValue } from '../../lib/codec/der.js';
import { isEcdsaSignature } from '../../lib/x509/ecdsa-signature.js';

const [sequence, integer] = [0x30, 0x02];
const octets = (count: number, first: number) => Uint8Array.of(first, ...new Array<number>(count - 1).fill(0x55));
const made = (...numbers: Uint8Array[]) => derValue(sequence, ...numbers.map((each) => derValue(integer, each)));

describe('an ECDSA signature', () => {
  it.each(['P-256', 'P-384', 'P-521'])('by a key on %s is one, whatever its numbers are', (namedCurve) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve });
    fc.assert(
      fc.property(fc.uint8Array(), (data) => {
        expect(isEcdsaSignature(sign('sha256', data, privateKey), namedCurve)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('may have short numbers', () => {
    expect(isEcdsaSignature(made(Uint8Array.of(1), Uint8Array.of(0x7f, 0xff)), 'P-256')).toBe(true);
    expect(isEcdsaSignature(made(Uint8Array.of(0, 0x80), octets(32, 0x7f)), 'P-256')).toBe(true);
  });

  it.each([
    ['a negative number', made(octets(32, 0x80), octets(32, 1))],
    ['zero', made(Uint8Array.of(0), octets(32, 1))],
    ['an empty number', made(Uint8Array.of(), octets(32, 1))],
    ['a zero in front that is not needed', made(Uint8Array.of(0, 0x7f), octets(32, 1))],
    ['a number too large for the key', made(octets(32, 1), octets(33, 1))],
    ['a number too large behind its zero', made(Uint8Array.of(0, ...octets(33, 0x80)), octets(32, 1))],
    ['one number', made(octets(32, 1))],
    ['three numbers', made(octets(3, 1), octets(3, 1), octets(3, 1))],
    ['numbers of another type', derValue(sequence, derValue(0x0a, octets(32, 1)), derValue(integer, octets(32, 1)))],
    ['another type around it', derValue(0x31, derValue(integer, octets(32, 1)), derValue(integer, octets(32, 1)))],
    ['a length in a longer form', Uint8Array.of(0x30, 0x81, 6, 2, 1, 1, 2, 1, 1)],
  ])('is none with %s', (_what, signature) => {
    expect(isEcdsaSignature(signature, 'P-256')).toBe(false);
  });

  it('is none by a key of another kind', () => {
    expect(isEcdsaSignature(made(octets(32, 1), octets(32, 1)), 'RSA-2048')).toBe(false);
  });

  it.each([
    ['nothing', Uint8Array.of()],
    ['what is no DER', Uint8Array.of(0x30, 5, 1)],
  ])('throws an Error on %s', (_what, signature) => {
    expect(() => isEcdsaSignature(signature, 'P-256')).toThrow(Error);
  });
});
