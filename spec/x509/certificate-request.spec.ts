import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { fromBER } from 'asn1js';
import { CertificationRequest, Extensions } from 'pkijs';
import { EMPTY, firstValueFrom, lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Identifier } from '../../lib/model/identifier.js';
import type { CertificateKey } from '../../lib/model/ports.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { buildCertificateRequest, certificateReader } from '../../lib/x509/default-x509.js';
import { covers } from '../support/covers.js';
import { openssl } from './openssl.js';

covers('certificateRequest', 'certificateKeys');

const dns = (value: string): Identifier => ({ type: 'dns', value });
const ip = (value: string): Identifier => ({ type: 'ip', value });
const mixed = [dns('example.com'), dns('*.example.com'), ip('192.0.2.7'), ip('2001:db8::1'), ip('::ffff:192.0.2.1')];

const describeRequest = (der: Uint8Array) =>
  openssl(['req', '-inform', 'DER', '-in', '@csr', '-noout', '-verify', '-text'], { csr: der });

/** A key in an HSM, as it were. */
function nodeKey(pair: { publicKey: KeyObject; privateKey: KeyObject }, hash: string | null): CertificateKey {
  return {
    keyType: 'HSM',
    publicKey: new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' })),
    sign: (input) => of(sign(hash, input, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' })),
    exportPem: () => EMPTY,
  };
}

describe('buildCertificateRequest', () => {
  it.each(['P-256', 'P-384', 'RSA-2048', 'Ed25519'] as const)(
    '%s: openssl verifies it, and pkijs what it can',
    async (keyType) => {
      const key = await firstValueFrom(generateCertificateKey(keyType));
      const emissions = await lastValueFrom(buildCertificateRequest(key, mixed).pipe(toArray()));
      expect(emissions).toHaveLength(1);
      const der = emissions[0] as Uint8Array;
      const text = await describeRequest(der);
      expect(text).toContain('self-signature verify OK');
      expect(text).toMatch(/Subject: *\n/);
      expect(text).toContain(
        'DNS:example.com, DNS:*.example.com, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:1, IP Address:0:0:0:0:0:FFFF:C000:201',
      );
      expect(text).toContain(
        {
          'P-256': 'ecdsa-with-SHA256',
          'P-384': 'ecdsa-with-SHA384',
          'RSA-2048': 'sha256WithRSAEncryption',
          Ed25519: 'Signature Algorithm: ED25519',
        }[keyType],
      );
      if (keyType !== 'Ed25519') expect(await CertificationRequest.fromBER(Uint8Array.from(der)).verify()).toBe(true);
    },
  );

  it('holds an empty subject, the alternative names, and nothing else', async () => {
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const der = await firstValueFrom(buildCertificateRequest(key, mixed));
    const { subject, attributes = [], version } = CertificationRequest.fromBER(Uint8Array.from(der));
    expect(version).toBe(0);
    expect([...new Uint8Array(subject.valueBeforeDecode)]).toEqual([0x30, 0]);
    expect(attributes.map(({ type }) => type)).toEqual(['1.2.840.113549.1.9.14']);
    const { extensions } = new Extensions({ schema: attributes[0]?.values[0] });
    expect(extensions.map(({ extnID, critical }) => [extnID, critical])).toEqual([['2.5.29.17', false]]);
  });

  it('names 100 names, and reads back what it wrote', async () => {
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const names = Array.from({ length: 100 }, (_, index) => dns(`host-${index}.example.com`));
    const der = await firstValueFrom(buildCertificateRequest(key, names));
    expect(await firstValueFrom(certificateReader.readRequest(der))).toEqual({
      der,
      identifiers: names,
      publicKey: key.publicKey,
    });
    expect(await describeRequest(der)).toContain('verify OK');
  });

  it('signs anew for each subscription, and not before', async () => {
    let signatures = 0;
    const key = nodeKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'sha256');
    const counted = { ...key, sign: (input: Uint8Array) => (signatures++, key.sign(input)) };
    const request$ = buildCertificateRequest(counted, mixed);
    expect(signatures).toBe(0);
    await firstValueFrom(request$);
    await firstValueFrom(request$);
    expect(signatures).toBe(2);
  });

  it.each([
    ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'sha256'],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'sha384'],
    ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'sha256'],
    ['Ed25519', generateKeyPairSync('ed25519'), null],
  ] as const)('takes a %s key of somebody else', async (_name, pair, hash) => {
    const der = await firstValueFrom(buildCertificateRequest(nodeKey(pair, hash), mixed));
    expect(await describeRequest(der)).toContain('self-signature verify OK');
    const { publicKey } = await firstValueFrom(certificateReader.readRequest(der));
    const read = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' });
    expect(read.equals(pair.publicKey)).toBe(true);
  });

  it('encodes ECDSA integers without needless zeros and with the one they need', async () => {
    const { publicKey } = nodeKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'sha256');
    // r = 0x80 00…, s = 1; the copy stands in the middle of a larger buffer, as Node's pooled ones do
    const pool = new Uint8Array(256).fill(0xff);
    pool.set([0x80, ...new Array<number>(62).fill(0), 1], 100);
    const key = {
      ...nodeKey(generateKeyPairSync('ed25519'), null),
      publicKey,
      sign: () => of(pool.subarray(100, 164)),
    };
    const der = await firstValueFrom(buildCertificateRequest(key, mixed));
    const { signatureValue } = CertificationRequest.fromBER(Uint8Array.from(der));
    const integers = fromBER(Uint8Array.from(signatureValue.valueBlock.valueHexView)).result;
    const hex = Buffer.from(integers.valueBeforeDecodeView).toString('hex');
    expect(hex).toBe(`30260221${'0080'.padEnd(66, '0')}020101`);
  });

  it.each([
    [
      'an elliptic curve that is not asked of it',
      nodeKey(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }), 'sha256'),
      mixed,
      /none of P-256/,
    ],
    [
      'no SubjectPublicKeyInfo',
      { ...nodeKey(generateKeyPairSync('ed25519'), null), publicKey: new Uint8Array(3) },
      mixed,
      /none of P-256/,
    ],
    ['no identifiers', nodeKey(generateKeyPairSync('ed25519'), null), [], /at least one/],
    [
      'another type of identifier',
      nodeKey(generateKeyPairSync('ed25519'), null),
      [{ type: 'email', value: 'a@b.c' }],
      /type "email"/,
    ],
    ['a U-label', nodeKey(generateKeyPairSync('ed25519'), null), [dns('bücher.example')], /A-labels/],
    ['no IP address', nodeKey(generateKeyPairSync('ed25519'), null), [ip('192.0.2.256')], /not an IP address/],
    [
      'a signature in DER',
      { ...nodeKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }), null), sign: () => of(new Uint8Array(71)) },
      mixed,
      /71 octets: for P-256 return r and s, 64/,
    ],
    ['no signature', { ...nodeKey(generateKeyPairSync('ed25519'), null), sign: () => EMPTY }, mixed, /no signature/],
  ] as const)('errors with TypeError on %s', async (_what, key, identifiers, message) => {
    const result = firstValueFrom(buildCertificateRequest(key, identifiers));
    await expect(result).rejects.toThrow(TypeError);
    await expect(result).rejects.toThrow(message);
  });

  it('passes on the error of the key', async () => {
    const failure = new Error('the HSM is asleep');
    const key = { ...nodeKey(generateKeyPairSync('ed25519'), null), sign: () => Promise.reject(failure) };
    await expect(firstValueFrom(buildCertificateRequest(key, mixed))).rejects.toBe(failure);
  });
});
