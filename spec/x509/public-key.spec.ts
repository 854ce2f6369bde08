import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PublicJwk } from '../../lib/model/ports.js';
import { isSameKey, looksLikeDer } from '../../lib/x509/public-key.js';

const spki = (key: KeyObject) => new Uint8Array(key.export({ type: 'spki', format: 'der' }));
const jwk = (key: KeyObject) => key.export({ format: 'jwk' }) as unknown as PublicJwk;

const makers: readonly (readonly [string, () => KeyObject])[] = [
  ['P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey],
  ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey],
  ['P-521', () => generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey],
  ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey],
  ['Ed25519', () => generateKeyPairSync('ed25519').publicKey],
];

describe('isSameKey', () => {
  it.each(makers)('knows a %s key, and another one', (_name, make) => {
    const [key, other] = [make(), make()];
    expect(isSameKey(spki(key), jwk(key))).toBe(true);
    expect(isSameKey(spki(key), jwk(other))).toBe(false);
    expect(isSameKey(spki(other), jwk(key))).toBe(false);
  });

  it('knows keys of different types apart', () => {
    const keys = makers.map(([, make]) => make());
    for (const one of keys) for (const other of keys) expect(isSameKey(spki(one), jwk(other))).toBe(one === other);
  });

  it('knows a compressed point', () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const compressed = (spki(key)[90] ?? 0) % 2 === 0 ? 2 : 3;
    const short = Uint8Array.of(
      ...Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
      compressed,
      ...spki(key).subarray(27, 59),
    );
    expect(isSameKey(short, jwk(key))).toBe(true);
  });

  it('says no for an empty key, an empty JWK, and types it does not know', () => {
    const key = generateKeyPairSync('ed25519').publicKey;
    expect(isSameKey(new Uint8Array(), jwk(key))).toBe(false);
    for (const kty of ['EC', 'RSA', 'OKP']) expect(isSameKey(spki(key), { kty })).toBe(false);
    expect(isSameKey(spki(key), { ...jwk(key), kty: 'AKP' })).toBe(false);
  });
});

describe('looksLikeDer', () => {
  it('takes one SEQUENCE that fills the bytes', () => {
    for (const [, make] of makers) expect(looksLikeDer(spki(make()))).toBe(true);
    expect(looksLikeDer(Uint8Array.of(0x30, 0))).toBe(true);
    expect(looksLikeDer(Uint8Array.of(0x30, 0x81, 0x80, ...new Uint8Array(0x80)))).toBe(true);
    expect(looksLikeDer(Uint8Array.of(0x30, 0x82, 0x01, 0x00, ...new Uint8Array(0x100)))).toBe(true);
  });

  it.each([
    ['nothing', []],
    ['a tag without a length', [0x30]],
    ['another type', [0x31, 0]],
    ['PEM text', [...new TextEncoder().encode('-----BEGIN CERTIFICATE REQUEST-----')]],
    ['an indefinite length', [0x30, 0x80, 0, 0]],
    ['a length in more octets than it needs', [0x30, 0x81, 0x01, 0]],
    ['a length that begins with zero', [0x30, 0x82, 0x00, 0x80, ...new Array<number>(0x80).fill(0)]],
    ['a length that is cut off', [0x30, 0x84, 0x01]],
    ['a huge length', [0x30, 0xff, ...new Array<number>(0x7f).fill(0xff)]],
  ])('refuses %s', (_what, bytes) => {
    expect(looksLikeDer(Uint8Array.from(bytes))).toBe(false);
  });

  it('refuses any cut and any tail', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ minLength: 1, maxLength: 4 }), (content, tail) => {
        const length =
          content.length < 0x80
            ? [content.length]
            : content.length < 0x100
              ? [0x81, content.length]
              : [0x82, content.length >> 8, content.length & 255];
        const der = Uint8Array.of(0x30, ...length, ...content);
        expect(looksLikeDer(der)).toBe(true);
        expect(looksLikeDer(Uint8Array.of(...der, ...tail))).toBe(false);
        expect(looksLikeDer(der.subarray(0, -1))).toBe(false);
      }),
    );
  });
});
