import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeInputError, importCertificateKey, importSigner } from '../../lib/index.js';
import { toPkcs8Pem } from '../../lib/node/index.js';
import { covers } from '../support/covers.js';
import { openssl } from '../x509/openssl.js';

covers('accountKeys', 'certificateKeys');

const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ed25519 = generateKeyPairSync('ed25519').privateKey;
const p256 = ec('P-256');
const pem = (key: KeyObject, type: 'pkcs8' | 'sec1' | 'pkcs1') => key.export({ type, format: 'pem' }).toString();
const encrypted = (type: 'pkcs8' | 'sec1') =>
  p256.export({ type, format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' } as never).toString();

const thrownBy = (text: string): unknown => {
  try {
    return toPkcs8Pem(text);
  } catch (error) {
    return error;
  }
};

describe('toPkcs8Pem', () => {
  it.each([
    ['SEC1, P-256', p256, 'sec1', 'ES256', 'P-256'],
    ['SEC1, P-384', ec('P-384'), 'sec1', 'ES384', 'P-384'],
    ['SEC1, P-521', ec('P-521'), 'sec1', 'ES512', undefined],
    ['PKCS#1', rsa, 'pkcs1', 'RS256', 'RSA-2048'],
    ['PKCS#8, RSA', rsa, 'pkcs8', 'RS256', 'RSA-2048'],
    ['PKCS#8, Ed25519', ed25519, 'pkcs8', 'EdDSA', 'Ed25519'],
  ] as const)(
    '%s: becomes PKCS#8 that is imported as account key and certificate key',
    async (_, key, form, alg, type) => {
      const converted = toPkcs8Pem(pem(key, form));
      expect(converted).toBe(pem(key, 'pkcs8'));
      expect(await firstValueFrom(importSigner(converted))).toMatchObject({ alg });
      if (type !== undefined)
        expect(await firstValueFrom(importCertificateKey(converted))).toMatchObject({ keyType: type });
    },
  );

  it('takes the file of openssl ecparam, which begins with the parameters', async () => {
    const file = await openssl(['ecparam', '-name', 'prime256v1', '-genkey']);
    expect(file).toMatch(/BEGIN EC PARAMETERS[^]*BEGIN EC PRIVATE KEY/);
    expect(await firstValueFrom(importSigner(toPkcs8Pem(file)))).toMatchObject({ alg: 'ES256' });
  });

  it('takes the file of openssl genrsa -traditional', async () => {
    const file = await openssl(['genrsa', '-traditional', '2048']);
    expect(file).toContain('BEGIN RSA PRIVATE KEY');
    expect(await firstValueFrom(importCertificateKey(toPkcs8Pem(file)))).toMatchObject({ keyType: 'RSA-2048' });
  });

  it('takes a SEC1 key without its public part', async () => {
    const short = `303102010104${'20'}${'11'.repeat(32)}a00a06082a8648ce3d030107`;
    const sec1 = `-----BEGIN EC PRIVATE KEY-----\n${Buffer.from(short, 'hex').toString('base64')}\n-----END EC PRIVATE KEY-----\n`;
    expect(await firstValueFrom(importSigner(toPkcs8Pem(sec1)))).toMatchObject({ alg: 'ES256' });
  });

  it('passes over text around the block, and lines ended by CR LF', () => {
    const text = `\uFEFFBag Attributes\r\n  localKeyID: 01\r\n${pem(rsa, 'pkcs1').replaceAll('\n', '\r\n')}\r\n`;
    expect(toPkcs8Pem(text)).toBe(pem(rsa, 'pkcs8'));
  });

  const body = (text: string) => text.replace(/-----.*-----|\s/g, '');

  it.each<[string, string, RegExp]>([
    ['an encrypted PKCS#8 key', encrypted('pkcs8'), /encrypted; decrypt it first: openssl pkey/],
    ['an encrypted SEC1 key', encrypted('sec1'), /encrypted; decrypt it first: openssl pkey/],
    [
      'a public key',
      generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      /found PUBLIC KEY/,
    ],
    ['two keys', pem(rsa, 'pkcs1') + pem(p256, 'sec1'), /found 2: RSA PRIVATE KEY, EC PRIVATE KEY/],
    ['no key', 'it is what it is', /found none/],
    ['nothing', '', /found none/],
    [
      'a key under the name of another form',
      pem(rsa, 'pkcs8').replaceAll('PRIVATE KEY', 'EC PRIVATE KEY'),
      /the EC PRIVATE KEY is damaged/,
    ],
    [
      'an EC key under the name of RSA',
      pem(p256, 'sec1').replaceAll('EC PRIVATE KEY', 'RSA PRIVATE KEY'),
      /the RSA PRIVATE KEY is damaged/,
    ],
    [
      'an RSA key under the name of EC',
      pem(rsa, 'pkcs1').replaceAll('RSA PRIVATE KEY', 'EC PRIVATE KEY'),
      /the EC PRIVATE KEY is damaged/,
    ],
    [
      'a key that is cut off',
      `-----BEGIN RSA PRIVATE KEY-----\n${body(pem(rsa, 'pkcs1')).slice(0, 400)}\n-----END RSA PRIVATE KEY-----\n`,
      /the RSA PRIVATE KEY is damaged/,
    ],
    ['a key without its end', pem(p256, 'sec1').replace(/-----END.*/, ''), /without its END line/],
  ])('refuses %s, says what to do and does not show it', (_, text, expected) => {
    const error = thrownBy(text);
    expect(error).toBeInstanceOf(AcmeInputError);
    expect(error).toMatchObject({ message: expect.stringMatching(expected) as unknown });
    const shown = inspect(error, { depth: 9, showHidden: true });
    for (const line of text.split('\n').filter((each) => /^[\w+/=]{16,}$/.test(each)))
      expect(shown).not.toContain(line);
  });

  it('throws TypeError on what is no text', () => {
    expect(() => toPkcs8Pem(Buffer.from(pem(rsa, 'pkcs1')) as never)).toThrow(TypeError);
  });

  it('throws nothing but AcmeInputError on text that is changed', () => {
    const forms = fc.constantFrom(pem(p256, 'sec1'), pem(rsa, 'pkcs1'), pem(ed25519, 'pkcs8'), encrypted('sec1'));
    fc.assert(
      fc.property(forms, fc.nat(2000), fc.nat(5), fc.string({ maxLength: 5 }), (text, at, removed, inserted) => {
        const changed = text.slice(0, at) + inserted + text.slice(at + removed);
        const result = thrownBy(changed);
        if (typeof result === 'string') expect(result).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
        else expect(result).toBeInstanceOf(AcmeInputError);
      }),
      { numRuns: 300 },
    );
  });
});
