import { X509Certificate } from 'node:crypto';
import { firstValueFrom, lastValueFrom, of, toArray, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { decodePem } from '../../lib/codec/pem.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import {
  buildTlsAlpnCertificate,
  tlsAlpnServerName,
  type TlsAlpnProof,
  verifyTlsAlpnCertificate,
} from '../../lib/x509/tls-alpn-certificate.js';
import { covers } from '../support/covers.js';
import { keyAuthorizations } from '../vectors/signing.js';
import { openssl } from './openssl.js';

covers('tlsAlpn01', 'ip');

const digestOf = (source: string) => keyAuthorizations.find((each) => each.source.startsWith(source))?.digest ?? '';
const rfcDigest = digestOf('RFC 8555 §8.3');
const proofOf = (value: string, keyAuthorizationDigest = rfcDigest): TlsAlpnProof => ({
  identifier: { type: /^[\d.]+$|:/.test(value) ? 'ip' : 'dns', value },
  keyAuthorizationDigest,
});
const build = (...args: Parameters<typeof buildTlsAlpnCertificate>) => firstValueFrom(buildTlsAlpnCertificate(...args));
const verify = (...args: Parameters<typeof verifyTlsAlpnCertificate>) =>
  firstValueFrom(verifyTlsAlpnCertificate(...args));
const text = (pem: string) => openssl(['x509', '-in', '@pem', '-noout', '-text'], { pem });

describe('tlsAlpnServerName', () => {
  it.each([
    ['example.org', 'example.org'],
    ['127.0.0.1', '1.0.0.127.in-addr.arpa'],
    ['2001:db8::1', '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'],
  ])('RFC 8738 §6: %s is asked for as %s', (value, expected) => {
    expect(tlsAlpnServerName(proofOf(value).identifier)).toBe(expected);
  });

  it('is of names and addresses only', () => {
    expect(() => tlsAlpnServerName({ type: 'email', value: 'a@b.c' })).toThrow(TypeError);
    expect(() => tlsAlpnServerName({ type: 'ip', value: '1.2.3' })).toThrow(TypeError);
    expect(() => tlsAlpnServerName({ type: 'dns', value: '*.a.test' })).toThrow(/wildcard/);
  });
});

describe('a certificate for tls-alpn-01', () => {
  it('RFC 8737 §3, with the key authorization of RFC 8555 §8.3: the very octets of the extension', async () => {
    const { certificatePem } = await build(proofOf('example.org'));
    expect(Buffer.from(decodePem(certificatePem, ['CERTIFICATE'])).toString('hex')).toContain(
      '303106082b0601050507011f0101ff042204202cfb08c13a3ba3c0681b4faf8c2c8640605649520fc48fa2fd7df7e9e50e419a',
    );
  });

  it('golang.org/x/crypto: the very octets of the extension’s value', async () => {
    const { certificatePem } = await build(proofOf('example.org', digestOf('key of golang.org')));
    expect(Buffer.from(decodePem(certificatePem, ['CERTIFICATE'])).toString('hex')).toContain(
      '0420dbbd5eefe7b4d06eb9d1d9f5acb4c7cda27d320e4b30332f0b6cb441734ad7b0',
    );
  });

  it('openssl reads one name, P-256, and a day that began five minutes ago', async () => {
    const nowMs = Date.now();
    const { certificatePem, key, serverName } = await build(proofOf('example.org'));
    const shown = await text(certificatePem);
    expect(shown).toMatch(/X509v3 Subject Alternative Name: \n\s+DNS:example\.org\n/);
    expect(shown).toContain('prime256v1');
    const { validFrom, validTo, ca } = new X509Certificate(certificatePem);
    expect(ca).toBe(false);
    const fromMs = Date.parse(validFrom);
    expect(Math.abs(nowMs - 300_000 - fromMs)).toBeLessThan(30_000);
    expect(Date.parse(validTo) - fromMs).toBe(86_400_000);
    expect([key.keyType, serverName]).toEqual(['P-256', 'example.org']);
  });

  it.each(['192.0.2.7', '2001:db8::1'])('is for the address %s too', async (address) => {
    const { certificatePem } = await build(proofOf(address));
    expect(await text(certificatePem)).toMatch(/Subject Alternative Name: \n\s+IP Address:\S+\n/);
    expect(await verify(certificatePem, proofOf(address))).toBeUndefined();
  });

  it.each(['P-256', 'P-384', 'RSA-2048', 'Ed25519'] as const)(
    'proves control with a key of type %s',
    async (keyType) => {
      const { certificatePem, key } = await build(proofOf('example.org'), { keyType });
      expect(key.keyType).toBe(keyType);
      expect(await verify(certificatePem, proofOf('example.org'))).toBeUndefined();
    },
  );

  it('is made with a given key, at a given time', async () => {
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const clock = new VirtualTimeScheduler();
    clock.frame = Date.UTC(2026, 0, 1);
    const made = await build(proofOf('example.org'), { key, clock, validityMs: 3_600_000 });
    expect(made.key).toBe(key);
    const { validFrom, validTo } = new X509Certificate(made.certificatePem);
    expect([validFrom, validTo].map((each) => new Date(each).toISOString())).toEqual([
      '2025-12-31T23:55:00.000Z',
      '2026-01-01T00:55:00.000Z',
    ]);
  });

  it('can end after 2049', async () => {
    const clock = new VirtualTimeScheduler();
    clock.frame = Date.UTC(2026, 0, 1);
    const { certificatePem } = await build(proofOf('example.org'), { clock, validityMs: 40 * 365 * 86_400_000 });
    expect(new Date(new X509Certificate(certificatePem).validTo).getUTCFullYear()).toBe(2065);
  });

  it('is made anew for each subscription', async () => {
    const made$ = buildTlsAlpnCertificate(proofOf('example.org'));
    const [one, other] = [await firstValueFrom(made$), await firstValueFrom(made$)];
    expect(one.certificatePem).not.toBe(other.certificatePem);
    expect(await lastValueFrom(made$.pipe(toArray()))).toHaveLength(1);
  });

  it.each<[string, () => unknown]>([
    ['a task without a digest', () => buildTlsAlpnCertificate({ identifier: proofOf('a.test').identifier })],
    ['a digest of another length', () => buildTlsAlpnCertificate(proofOf('a.test', 'AAAA'))],
    [
      'an address of electronic mail',
      () => buildTlsAlpnCertificate({ ...proofOf('a.test'), identifier: { type: 'email', value: 'a@b.c' } }),
    ],
    ['no validity', () => buildTlsAlpnCertificate(proofOf('a.test'), { validityMs: 0 })],
    ['a validity beyond all dates', () => buildTlsAlpnCertificate(proofOf('a.test'), { validityMs: 9e15 })],
    ['text that is no certificate', () => verifyTlsAlpnCertificate('PEM', proofOf('a.test'))],
    [
      'a task without a digest to verify with',
      () => verifyTlsAlpnCertificate(Uint8Array.of(), { identifier: proofOf('a.test').identifier }),
    ],
  ])('cannot be made of %s', (_, make) => {
    expect(make).toThrow(TypeError);
  });
});

describe('verifyTlsAlpnCertificate', () => {
  it('says what is wrong', async () => {
    const { certificatePem } = await build(proofOf('example.org'));
    expect(await verify(certificatePem, proofOf('www.example.org'))).toMatch(
      /as its only alternative name, and has example\.org$/,
    );
    expect(await verify(certificatePem, proofOf('EXAMPLE.org'))).toBeUndefined();
    expect(await verify(certificatePem, proofOf('example.org', digestOf('key of golang.org')))).toMatch(
      /^has the digest 2cfb/,
    );
    expect(await verify(Uint8Array.of(0x30, 0), proofOf('example.org'))).toBe('cannot be read');
  });

  it('finds a signature by another key', async () => {
    const [key, other] = [
      await firstValueFrom(generateCertificateKey('P-256')),
      await firstValueFrom(generateCertificateKey('P-256')),
    ];
    const { certificatePem } = await build(proofOf('example.org'), {
      key: { ...key, publicKey: other.publicKey, sign: (input) => key.sign(input), exportPem: () => of('') },
    });
    expect(await verify(certificatePem, proofOf('example.org'))).toBe('is not signed with its own key');
  });
});
