import { createPrivateKey } from 'node:crypto';
import { format, inspect } from 'node:util';
import { firstValueFrom, from } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { buildCertificateRequest, importCertificateKey } from '../../lib/index.js';
import type { CertificateKeyType } from '../../lib/model/key-type.js';
import { generateKeyByNode } from '../../lib/node/node-key-generator.js';
import { covers } from '../support/covers.js';
import { openssl } from '../x509/openssl.js';

covers('certificateKeys');

const keyTypes = ['P-256', 'P-384', 'RSA-2048', 'Ed25519'] as const;

describe('generateKeyByNode', () => {
  it.each(keyTypes)('%s: openssl verifies the request that the key signs', async (keyType) => {
    const key = await firstValueFrom(generateKeyByNode(keyType));
    const request = await firstValueFrom(buildCertificateRequest(key, [{ type: 'dns', value: 'example.com' }]));
    const files = { csr: Buffer.from(request).toString('base64') };
    const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${files.csr.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`;
    expect(await openssl(['req', '-verify', '-noout', '-in', '@csr'], { csr: pem })).toBeDefined();
  });

  it.each(keyTypes)('%s: the saved key is read again, as the same one', async (keyType) => {
    const key = await firstValueFrom(generateKeyByNode(keyType));
    const again = await firstValueFrom(importCertificateKey(await firstValueFrom(key.exportPem())));
    expect([again.keyType, again.publicKey]).toEqual([keyType, key.publicKey]);
  });

  it('makes a key at once, and another one each time', () => {
    const key$ = generateKeyByNode('P-256');
    const keys: Uint8Array[] = [];
    for (let each = 0; each < 2; each++) key$.subscribe(({ publicKey }) => keys.push(publicKey));
    expect(keys).toHaveLength(2);
    expect(keys[0]).not.toEqual(keys[1]);
  });

  it.each(keyTypes)('%s: shows nothing but its type', async (keyType) => {
    const key = await firstValueFrom(generateKeyByNode(keyType));
    const secret = createPrivateKey(await firstValueFrom(key.exportPem())).export({ format: 'jwk' }).d ?? '';
    const text = `CertificateKey(${keyType})`;
    expect(format('%s %o %O %j', key, key, key, key)).toBe(`${text} ${text} ${text} "${text}"`);
    expect(inspect(Object.values(key), { showHidden: true, depth: 9 })).not.toContain(secret);
    expect(Object.isFrozen(key)).toBe(true);
  });

  it('signs in the form of the port', async () => {
    const key = await firstValueFrom(generateKeyByNode('P-384'));
    expect(await firstValueFrom(from(key.sign(Uint8Array.of(1))))).toHaveLength(96);
  });

  it('refuses another type of key', () => {
    expect(() => generateKeyByNode('P-224' as CertificateKeyType)).toThrow(
      'certificate key: type "P-224" is not one of',
    );
  });
});
