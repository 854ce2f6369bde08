import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { firstValueFrom, from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { importSigner } from '../../lib/index.js';
import { nodeSigner } from '../../lib/node/index.js';
import { verifySignature } from '../../lib/signing/verify-signature.js';
import { covers } from '../support/covers.js';

covers('accountKeys');

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;
const { privateKey: webCryptoKey } = await globalThis.crypto.subtle.generateKey(
  { name: 'ECDSA', namedCurve: 'P-256' },
  false,
  ['sign', 'verify'],
);
const input = new TextEncoder().encode('header.payload');

describe('nodeSigner', () => {
  it.each([
    ['ES256', ec('P-256')],
    ['ES384', ec('P-384')],
    ['ES512', ec('P-521')],
    ['RS256', rsa(2048)],
    ['EdDSA', generateKeyPairSync('ed25519').privateKey],
  ])('%s: signs at once what WebCrypto verifies, and is the signer that importSigner makes', async (alg, key) => {
    const signer = nodeSigner(key);
    const seen: Uint8Array[] = [];
    from(signer.sign(input)).subscribe((signature) => seen.push(signature));
    const [signature = new Uint8Array()] = seen;
    expect(await verifySignature(alg, signer.publicJwk, input, signature)).toBe(true);
    const imported = await firstValueFrom(importSigner(key.export({ format: 'jwk' })));
    expect({ alg: signer.alg, publicJwk: signer.publicJwk }).toEqual({ alg, publicJwk: imported.publicJwk });
  });

  it('shows the private key to nothing that prints or serialises it', () => {
    const key = ec('P-256');
    const { d = '' } = key.export({ format: 'jwk' });
    const signer = nodeSigner(key);
    const shown = [JSON.stringify(signer), inspect(signer, { showHidden: true, depth: 9 }), String(signer)].join();
    expect(shown).not.toContain(d);
    expect(shown).not.toContain('KeyObject');
  });

  it.each([
    ['a public key', createPublicKey(ec('P-256'))],
    ['a secret', createSecretKey(Buffer.alloc(32))],
    ['PEM text', ec('P-256').export({ type: 'pkcs8', format: 'pem' })],
    ['nothing', undefined],
    ['what looks like one', { type: 'private' }],
    ['a key of WebCrypto', webCryptoKey],
  ])('refuses %s', (_, key) => {
    expect(() => nodeSigner(key as never)).toThrow(/^nodeSigner: the key must be a private KeyObject/);
  });

  it.each([
    ['RSA with 1024 bits', rsa(1024)],
    ['RSA-PSS', generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey],
    ['secp256k1', ec('secp256k1')],
    ['X25519', generateKeyPairSync('x25519').privateKey],
    ['Ed448', generateKeyPairSync('ed448').privateKey],
  ])('refuses a key for %s', (_, key) => {
    expect(() => nodeSigner(key)).toThrow(/^nodeSigner: the key is for none of ES256/);
  });

  it('refuses a key whose public part belongs to another one', () => {
    const [one, other] = [ec('P-256'), ec('P-256')].map((key) => key.export({ format: 'jwk' }));
    const make = () => nodeSigner(createPrivateKey({ key: { ...one, d: other?.d } as never, format: 'jwk' }));
    expect(make).toThrow();
  });
});
