import { generateKeyPairSync } from 'node:crypto';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { decodePem } from '../../lib/codec/pem.js';
import { certificateReader } from '../../lib/x509/default-x509.js';
import { makeTestCa } from '../support/x509.js';
import { covers } from '../support/covers.js';
import { openssl } from './openssl.js';

covers('certificateRequest');

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

async function opensslRequest(subject: string, ...args: readonly string[]): Promise<Uint8Array> {
  const pem = await openssl(['req', '-new', '-key', '@key', '-subj', subject, ...args], { key });
  return decodePem(pem, ['CERTIFICATE REQUEST']);
}

const identifiersOf = async (der: Uint8Array) => (await firstValueFrom(certificateReader.readRequest(der))).identifiers;

describe('readRequest', () => {
  it('reads the key', async () => {
    const { publicKey } = await firstValueFrom(certificateReader.readRequest(await opensslRequest('/CN=example.com')));
    expect(Buffer.from(publicKey)).toEqual(pair.publicKey.export({ type: 'spki', format: 'der' }));
  });

  it('reads the alternative names, then the common names that are not among them', async () => {
    const names =
      'subjectAltName=DNS:a.example,DNS:*.B.example,IP:192.0.2.1,IP:2001:DB8::1,email:x@example.com,URI:https://x';
    const found = [
      { type: 'dns', value: 'a.example' },
      { type: 'dns', value: '*.b.example' },
      { type: 'ip', value: '192.0.2.1' },
      { type: 'ip', value: '2001:db8::1' },
    ];
    expect(await identifiersOf(await opensslRequest('/O=Org', '-addext', names))).toEqual(found);
    expect(await identifiersOf(await opensslRequest('/CN=A.example', '-addext', names))).toEqual(found);
    expect(await identifiersOf(await opensslRequest('/CN=2001:db8:0::1', '-addext', names))).toEqual(found);
    expect(await identifiersOf(await opensslRequest('/CN=c.example', '-addext', names))).toEqual([
      ...found,
      { type: 'dns', value: 'c.example' },
    ]);
  });

  it.each([
    ['/CN=Example.com', [{ type: 'dns', value: 'example.com' }]],
    ['/CN=192.0.2.1', [{ type: 'ip', value: '192.0.2.1' }]],
    ['/CN=My Company', [{ type: 'dns', value: 'My Company' }]],
    [
      '/CN=a.example/CN=b.example',
      [
        { type: 'dns', value: 'a.example' },
        { type: 'dns', value: 'b.example' },
      ],
    ],
    ['/O=Nobody', []],
  ])('reads %s without alternative names', async (subject, identifiers) => {
    expect(await identifiersOf(await opensslRequest(subject))).toEqual(identifiers);
  });

  it('passes over names of other kinds, which are for the server to read', async () => {
    const names = [
      'otherName:1.3.6.1.5.5.7.8.3;UTF8:C02ABC',
      'email:a@example.org',
      'URI:urn:x',
      'RID:1.2.3',
      'dirName:who',
      'DNS:a.example',
    ];
    const config = `[req]\ndistinguished_name=none\n[none]\n[who]\nCN=somebody\n[names]\nsubjectAltName=${names.join(',')}\n`;
    const pem = await openssl(
      ['req', '-new', '-key', '@key', '-subj', '/', '-config', '@config', '-reqexts', 'names'],
      { key, config },
    );
    expect(await identifiersOf(decodePem(pem, ['CERTIFICATE REQUEST']))).toEqual([{ type: 'dns', value: 'a.example' }]);
  });

  it('passes over other requested extensions', async () => {
    const request = await opensslRequest(
      '/',
      '-addext',
      'subjectAltName=DNS:a.example',
      '-addext',
      'tlsfeature=status_request',
    );
    expect(await identifiersOf(request)).toEqual([{ type: 'dns', value: 'a.example' }]);
  });

  it.each([
    ['a certificate', async () => (await makeTestCa()).certificate, /PKCS#10/],
    [
      'a public key',
      () => Promise.resolve(new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }))),
      /PKCS#10/,
    ],
    ['PEM text', () => Promise.resolve(new TextEncoder().encode('-----BEGIN CERTIFICATE REQUEST-----')), /PEM/],
    ['nothing', () => Promise.resolve(new Uint8Array()), /DER/],
    ['a request with a byte after it', async () => Uint8Array.of(...(await opensslRequest('/CN=a')), 0), /DER/],
    ['a request that is cut off', async () => (await opensslRequest('/CN=a')).subarray(0, -1), /DER/],
  ])('errors with AcmeInputError on %s', async (_what, der, message) => {
    const error = await firstValueFrom(certificateReader.readRequest(await der())).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AcmeInputError);
    expect(error).toMatchObject({ message: expect.stringMatching(/^not a certificate request: /) as unknown });
    expect(String(error)).toMatch(message);
  });
});
