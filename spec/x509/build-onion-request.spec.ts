import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { EMPTY, firstValueFrom, of } from 'rxjs';
import { CertificationRequest } from 'pkijs';
import { describe, expect, it } from 'vitest';
import { AcmeInputError } from '../../lib/model/errors/input-error.js';
import { buildOnionRequest, type OnionKey } from '../../lib/x509/build-onion-request.js';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { certificateReader } from '../../lib/x509/default-x509.js';
import { covers } from '../support/covers.js';
import { onionService } from './onion-service.js';
import { openssl } from './openssl.js';

covers('onion');

const nonce = Buffer.from('bI6/MRqV4gw=', 'base64');
const build = (name: string, key: OnionKey, applicantNonce?: Uint8Array) =>
  firstValueFrom(buildOnionRequest(name, { key, nonce, applicantNonce }));

describe('buildOnionRequest', () => {
  it('RFC 9799 §3.2: openssl verifies it, and it has both nonces as they are', async () => {
    const { name, key } = onionService();
    const csr = await build(`www.${name}`, key, Buffer.alloc(8, 7));
    expect(await openssl(['req', '-inform', 'DER', '-in', '@csr', '-noout', '-verify', '-text'], { csr })).toMatch(
      /ED25519[^]*verify OK/,
    );
    const hex = Buffer.from(csr).toString('hex');
    expect(hex).toContain('060467810c29' + '310a' + '0408' + nonce.toString('hex'));
    expect(hex).toContain('060467810c2a' + '310a' + '0408' + '07'.repeat(8));
    const details = await firstValueFrom(certificateReader.readRequest(csr));
    expect(details.publicKey).toEqual(key.publicKey);
    expect(details.identifiers).toEqual([]);
  });

  it('has 16 octets of its own, others each time', async () => {
    const { name, key } = onionService();
    const request$ = buildOnionRequest(name, { key, nonce });
    const values = await Promise.all(
      [0, 1].map(async () => {
        const { attributes = [] } = CertificationRequest.fromBER(new Uint8Array(await firstValueFrom(request$)));
        const [own] = attributes.filter(({ type }) => type === '2.23.140.42').flatMap(({ values: each }) => each);
        return Buffer.from(own.valueBlock.valueHexView).toString('hex');
      }),
    );
    expect(values[0]).toHaveLength(32);
    expect(values[0]).not.toBe(values[1]);
  });

  it('refuses a key that is not the one in the name', async () => {
    const { name } = onionService();
    await expect(build(name, onionService().key)).rejects.toBeInstanceOf(AcmeInputError);
    await expect(build(name, await firstValueFrom(generateCertificateKey('P-256')))).rejects.toThrow(name);
  });

  it('errors where the key signs nothing', async () => {
    const { name, key } = onionService();
    await expect(build(name, { ...key, sign: () => EMPTY })).rejects.toBeInstanceOf(TypeError);
  });

  it('refuses names and nonces that are none, when it is called', () => {
    const { name, key } = onionService();
    expect(() => buildOnionRequest('example.org', { key, nonce })).toThrow(TypeError);
    expect(() => buildOnionRequest(name, { key, nonce: nonce.subarray(1) })).toThrow(TypeError);
    expect(() => buildOnionRequest(name, { key, nonce, applicantNonce: Buffer.alloc(7) })).toThrow(TypeError);
  });

  it('takes any key that signs as Ed25519 does', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const key = {
      publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
      sign: (input: Uint8Array) => of(new Uint8Array(sign(null, input, privateKey))),
    };
    const { signatureValue, tbsView } = CertificationRequest.fromBER(
      new Uint8Array(await build(onionService(key.publicKey).name, key)),
    );
    const spki = createPublicKey({ key: Buffer.from(key.publicKey), type: 'spki', format: 'der' });
    expect(verify(null, tbsView, spki, signatureValue.valueBlock.valueHexView)).toBe(true);
  });
});
