import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDer } from '../../lib/x509/asn1.js';
import { keyTypeOf } from '../../lib/x509/key-type.js';
import { der } from './der.js';

const spki = ({ publicKey }: { publicKey: KeyObject }): Buffer => publicKey.export({ type: 'spki', format: 'der' });
const typeOf = (bytes: Uint8Array): string => keyTypeOf(parseDer(bytes));

/** A SubjectPublicKeyInfo of RSA with that modulus. */
const rsa = (...modulus: readonly number[]): Uint8Array =>
  der(
    0x30,
    Buffer.from('300d06092a864886f70d0101010500', 'hex'),
    der(3, Uint8Array.of(0), der(0x30, der(2, Uint8Array.from(modulus)), Uint8Array.of(2, 3, 1, 0, 1))),
  );

describe('keyTypeOf', () => {
  it.each([
    ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
    ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['P-521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' })],
    ['1.3.132.0.10', () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
    ['RSA-2048', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
    ['Ed25519', () => generateKeyPairSync('ed25519')],
    ['Ed448', () => generateKeyPairSync('ed448')],
    ['1.3.101.110', () => generateKeyPairSync('x25519')],
  ])('is %s of a key that node:crypto made so', (expected, make) => {
    expect(typeOf(spki(make()))).toBe(expected);
  });

  it.each([
    ['RSA-1024', [0x80, ...new Array<number>(127).fill(1)]],
    ['RSA-2047', [0x40, ...new Array<number>(255).fill(1)]],
    ['RSA-4096', [0, 0xff, ...new Array<number>(511).fill(0)]],
    ['RSA-1', [1]],
    ['RSA', [0]],
    ['RSA', []],
  ])('counts the bits of the modulus: %s', (expected, modulus) => {
    expect(typeOf(rsa(...modulus))).toBe(expected);
  });

  it('gives an RSA key that cannot be read no size', () => {
    const broken = Buffer.from(rsa(1, 2, 3));
    broken[broken.indexOf(Buffer.of(0x30, 10))] = 5;
    expect(typeOf(broken)).toBe('RSA');
  });

  it('throws nothing but an Error that says what is missing', () => {
    const part = fc.uint8Array({ maxLength: 12 }).map((content) => der(0x30, content));
    fc.assert(
      fc.property(part, fc.uint8Array({ maxLength: 12 }), (algorithm, bits) => {
        let value;
        try {
          value = parseDer(der(0x30, algorithm, der(3, bits)));
        } catch {
          return;
        }
        try {
          expect(keyTypeOf(value)).toMatch(/^[\w.-]+$/);
        } catch (error) {
          expect(error).toMatchObject({ name: 'Error' });
        }
      }),
    );
  });
});
