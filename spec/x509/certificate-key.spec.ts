import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { format, inspect } from 'node:util';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { encodePem } from '../../lib/codec/pem.js';
import type { CertificateKeyType } from '../../lib/model/key-type.js';
import type { CertificateKey } from '../../lib/model/ports.js';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { AcmeUnsupportedError } from '../../lib/model/errors/unsupported-error.js';
import { generateCertificateKey, importCertificateKey } from '../../lib/x509/certificate-key.js';
import { covers } from '../support/covers.js';
import { openssl } from './openssl.js';

covers('certificateKeys');

const data = new TextEncoder().encode('to be signed');

async function isSoundSignature(key: CertificateKey, hash: string | null): Promise<boolean> {
  const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
  const signature = await firstValueFrom(key.sign(data) as never);
  return verify(hash, data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature as Uint8Array);
}

describe('generateCertificateKey', () => {
  it.each([
    ['P-256', 'sha256', 64],
    ['P-384', 'sha384', 96],
    ['RSA-2048', 'sha256', 256],
    ['RSA-3072', 'sha256', 384],
    ['Ed25519', null, 64],
  ] as const)('makes a %s key that signs and can be saved', async (keyType, hash, octets) => {
    const [key, ...others] = await lastValueFrom(generateCertificateKey(keyType).pipe(toArray()));
    if (key === undefined) throw new Error('nothing emitted');
    expect(others).toEqual([]);
    expect(key.keyType).toBe(keyType);
    expect(await firstValueFrom(key.sign(data) as never)).toHaveLength(octets);
    expect(await isSoundSignature(key, hash)).toBe(true);

    const pem = await firstValueFrom(key.exportPem());
    expect(createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'der' })).toEqual(
      Buffer.from(key.publicKey),
    );
    const again = await firstValueFrom(importCertificateKey(pem));
    expect(again.keyType).toBe(keyType);
    expect(again.publicKey).toEqual(key.publicKey);
    expect(await isSoundSignature(again, hash)).toBe(true);
  });

  it('makes another key for each subscription', async () => {
    const key$ = generateCertificateKey('P-256');
    expect((await firstValueFrom(key$)).publicKey).not.toEqual((await firstValueFrom(key$)).publicKey);
  });

  it('errors with AcmeUnsupportedError on a platform that does not know the kind of key', async () => {
    const cause = new DOMException('Unrecognized name.', 'NotSupportedError');
    vi.spyOn(globalThis.crypto.subtle, 'generateKey').mockRejectedValue(cause);
    const error: unknown = await firstValueFrom(generateCertificateKey('Ed25519')).catch((reason: unknown) => reason);
    vi.restoreAllMocks();
    expect(error).toBeInstanceOf(AcmeUnsupportedError);
    expect(error).toMatchObject({ message: expect.stringContaining('Ed25519') as unknown, cause });
  });

  it.each(['P-521', 'RSA-1024', 'toString', ''])('throws TypeError on type "%s"', (keyType) => {
    expect(() => generateCertificateKey(keyType as CertificateKeyType)).toThrow(TypeError);
  });
});

describe('a certificate key', () => {
  it.each(['P-256', 'RSA-2048', 'Ed25519'] as const)('of type %s shows nothing but its type', async (keyType) => {
    const key = await firstValueFrom(generateCertificateKey(keyType));
    const text = `CertificateKey(${keyType})`;
    expect(String(key)).toBe(text);
    expect(`${key as unknown as string}`).toBe(text);
    expect(JSON.stringify({ key })).toBe(JSON.stringify({ key: text }));
    expect(inspect(key)).toBe(text);
    expect(inspect({ event: { key } }, { showHidden: true, depth: 9 })).toContain(`key: ${text}`);
    expect(format('%s %o %O %j', key, key, key, key)).toBe(`${text} ${text} ${text} "${text}"`);
  });

  it('hides its private part from what walks over members and ignores all that', async () => {
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const jwk = createPrivateKey(await firstValueFrom(key.exportPem())).export({ format: 'jwk' });
    const secret = Buffer.from(jwk.d ?? '', 'base64url');
    const raw = inspect(key, { customInspect: false, showHidden: true, depth: 9, maxArrayLength: null });
    const octets = raw.replace(/[^\d,]/g, '');
    expect(raw).not.toContain(jwk.d);
    expect(raw).not.toContain(secret.toString('hex'));
    expect(octets).not.toContain(secret.join(','));
    expect(() => structuredClone(key)).toThrow(/could not be cloned/);
    expect(Object.isFrozen(key)).toBe(true);
  });

  it('spreads without its printed forms and without its secret', async () => {
    const copy = { ...(await firstValueFrom(generateCertificateKey('P-256'))) };
    expect(Object.keys(copy).sort()).toEqual(['exportPem', 'keyType', 'publicKey', 'sign']);
    expect(Object.keys(JSON.parse(JSON.stringify(copy)) as object).sort()).toEqual(['keyType', 'publicKey']);
  });
});

/** The key of one pair, PKCS#8 PEM, that says that its public part is the other's. */
function mixedUp(own: KeyPair, other: KeyPair): string {
  const [from, to] = [own, other].map(({ publicKey }) => {
    const { x = '', y = '', n = '' } = publicKey.export({ format: 'jwk' });
    return Buffer.concat([x, y, n].map((part) => Buffer.from(part, 'base64url'))).toString('hex');
  }) as [string, string];
  const der = own.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('hex');
  expect(der).toContain(from);
  return encodePem('PRIVATE KEY', Buffer.from(der.replace(from, to), 'hex'));
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

describe('importCertificateKey', () => {
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pkcs8 = (pair: { privateKey: typeof rsa.privateKey }) =>
    pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  it.each([
    ['P-256', pkcs8(p256), 'sha256'],
    ['P-384', pkcs8(generateKeyPairSync('ec', { namedCurve: 'P-384' })), 'sha384'],
    ['RSA-2048', pkcs8(rsa), 'sha256'],
    ['Ed25519', pkcs8(generateKeyPairSync('ed25519')), null],
  ])('takes a %s key of node:crypto', async (keyType, pem, hash) => {
    const key = await firstValueFrom(importCertificateKey(pem));
    expect(key.keyType).toBe(keyType);
    expect(await isSoundSignature(key, hash)).toBe(true);
    expect(await firstValueFrom(key.exportPem())).toBe(pem);
  });

  it('takes what openssl makes of the other forms, as its own message says', async () => {
    const sec1 = p256.privateKey.export({ type: 'sec1', format: 'pem' }).toString();
    const converted = await openssl(['pkey', '-in', '@old'], { old: sec1 });
    expect((await firstValueFrom(importCertificateKey(converted))).keyType).toBe('P-256');
  });

  it('takes an EC key that comes without its public part', async () => {
    const jwk = p256.privateKey.export({ format: 'jwk' });
    const bare = Buffer.concat([
      Buffer.from('3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420', 'hex'),
      Buffer.from(jwk.d ?? '', 'base64url'),
    ]);
    const key = await firstValueFrom(
      importCertificateKey(`-----BEGIN PRIVATE KEY-----\n${bare.toString('base64')}\n-----END PRIVATE KEY-----\n`),
    );
    expect(Buffer.from(key.publicKey)).toEqual(p256.publicKey.export({ type: 'spki', format: 'der' }));
  });

  it.each([
    [
      'SEC1',
      p256.privateKey.export({ type: 'sec1', format: 'pem' }).toString(),
      /EC PRIVATE KEY.*toPkcs8Pem.*openssl pkey/,
    ],
    [
      'PKCS#1',
      rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      /RSA PRIVATE KEY.*toPkcs8Pem.*openssl pkey/,
    ],
    [
      'an encrypted key',
      p256.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' }).toString(),
      /ENCRYPTED PRIVATE KEY.*openssl pkey/,
    ],
    ['a public key', p256.publicKey.export({ type: 'spki', format: 'pem' }).toString(), /PUBLIC KEY/],
    ['no PEM', 'secret', /found none/],
    ['an X25519 key', pkcs8(generateKeyPairSync('x25519')), /none of EC P-256/],
    ['an Ed448 key', pkcs8(generateKeyPairSync('ed448')), /none of EC P-256/],
    [
      'a P-256 key with the public part of another',
      mixedUp(p256, generateKeyPairSync('ec', { namedCurve: 'P-256' })),
      /damaged/,
    ],
    [
      'an RSA key with the modulus of another',
      mixedUp(rsa, generateKeyPairSync('rsa', { modulusLength: 2048 })),
      /damaged, its public part does not belong .* backup/,
    ],
    ['a P-521 key', pkcs8(generateKeyPairSync('ec', { namedCurve: 'P-521' })), /none of EC P-256/],
    ['an RSA-PSS key', pkcs8(generateKeyPairSync('rsa-pss', { modulusLength: 2048 })), /none of EC P-256/],
    ['a short RSA key', pkcs8(generateKeyPairSync('rsa', { modulusLength: 1024 })), /1024 bits/],
    [
      'a key that is damaged',
      pkcs8(p256)
        .replace(/\n(.{60}).{4}/, '\n$1AAAA')
        .replace(/(.{8})={0,2}\n-----END/, 'AAAAAAA=\n-----END'),
      /damaged|base64/,
    ],
    ['no key inside', '-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n', /none of EC P-256/],
  ])('errors with AcmeInputError on %s, and does not repeat it', async (_what, pem, message) => {
    const error: unknown = await firstValueFrom(importCertificateKey(pem)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AcmeInputError);
    expect((error as AcmeInputError).message).toMatch(message);
    const shown = inspect(error, { depth: 9 });
    for (const line of pem.split('\n').filter((each) => /^[\w+/=]{6,}$/.test(each))) expect(shown).not.toContain(line);
  });
});
