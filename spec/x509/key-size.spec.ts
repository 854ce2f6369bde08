import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rsaModulusBits } from '../../lib/x509/key-size.js';

const spkiOf = (modulusLength: number) =>
  new Uint8Array(generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ type: 'spki', format: 'der' }));

describe('rsaModulusBits', () => {
  it.each([512, 1024, 1031, 2048, 2056, 3072])('of a key of %i bits, by OpenSSL', (bits) => {
    expect(rsaModulusBits(spkiOf(bits))).toBe(bits);
  });

  it('is undefined for other keys and for what is cut off', () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(rsaModulusBits(new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })))).toBeUndefined();
    const whole = spkiOf(512);
    for (let length = 0; length < whole.length; length++)
      expect(rsaModulusBits(whole.subarray(0, length))).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void rsaModulusBits(bytes)));
  });
});
