import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { decodePem } from '../../../lib/codec/pem.js';
import type { CertificateKeyType } from '../../../lib/index.js';
import { checkRequest } from '../../../lib/testing/issuing/issuing.js';
import { generateCertificateKey } from '../../../lib/x509/certificate-key.js';
import { buildCertificateRequest } from '../../../lib/x509/default-x509.js';
import { openssl } from '../../x509/openssl.js';

const identifiers = [{ type: 'dns', value: 'example.org' }];

async function requestBy(type: CertificateKeyType): Promise<Uint8Array> {
  const key = await firstValueFrom(generateCertificateKey(type));
  return firstValueFrom(buildCertificateRequest(key, identifiers));
}

async function requestByOpenssl(algorithm: readonly string[], ...more: string[]): Promise<Uint8Array> {
  const key = await openssl(['genpkey', '-quiet', ...algorithm]).catch(() => openssl(['genpkey', ...algorithm]));
  const pem = key.slice(key.indexOf('-----BEGIN'));
  return decodePem(await openssl(['req', '-new', '-key', '@key', '-subj', '/CN=a', ...more], { key: pem }), [
    'CERTIFICATE REQUEST',
  ]);
}

describe('a request', () => {
  it.each(['P-256', 'P-384', 'RSA-2048'] as const)('of a key of type %s is taken', async (type) => {
    await expect(checkRequest(await requestBy(type))).resolves.toBeUndefined();
  });

  it('is refused where its signature is another one', async () => {
    const der = await requestBy('P-256');
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
    await expect(checkRequest(der)).rejects.toThrow('the signature of the CSR is wrong');
    const key = await firstValueFrom(generateCertificateKey('P-256'));
    const other = await firstValueFrom(generateCertificateKey('P-256'));
    const borrowed = await firstValueFrom(
      buildCertificateRequest({ ...key, sign: (input) => other.sign(input) }, identifiers),
    );
    await expect(checkRequest(borrowed)).rejects.toThrow('the signature of the CSR is wrong');
  });

  it.each([
    ['RSA with 2040 bits', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2040'], 'less than 2048 bits'],
    ['Ed25519', ['-algorithm', 'ED25519'], 'none of P-256, P-384 and RSA'],
    ['another curve', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'], 'none of P-256, P-384 and RSA'],
  ])('of %s is refused', async (_, algorithm, why) => {
    await expect(checkRequest(await requestByOpenssl(algorithm))).rejects.toThrow(why);
  });

  const curve = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const rsa = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'];
  it.each([
    ['with a mail address', curve, ['-addext', 'subjectAltName=DNS:a,email:a@a'], 'neither DNS names nor IP addresses'],
    ['with a URI', curve, ['-addext', 'subjectAltName=DNS:a,URI:https://a/'], 'neither DNS names nor IP addresses'],
    ['signed with SHA-1', curve, ['-sha1'], 'signed with SHA-1'],
    ['signed with RSA and SHA-1', rsa, ['-sha1'], 'signed with SHA-1'],
  ])('%s is refused', async (_, algorithm, more, why) => {
    await expect(checkRequest(await requestByOpenssl(algorithm, ...more))).rejects.toThrow(why);
  });

  it('is refused where it is none', async () => {
    for (const der of [new Uint8Array(), Uint8Array.of(0x30, 0), Uint8Array.of(0x30, 2, 0x30, 0)]) {
      await expect(checkRequest(der)).rejects.toThrow(Error);
    }
  });
});
