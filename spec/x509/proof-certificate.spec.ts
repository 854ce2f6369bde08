import { describe, expect, it } from 'vitest';
import { decodePem } from '../../lib/codec/pem.js';
import { readProofCertificate } from '../../lib/x509/proof-certificate.js';
import { openssl } from './openssl.js';

const acmeIdentifier = '1.3.6.1.5.5.7.1.31';

async function certificateWith(...extensions: string[]): Promise<Uint8Array> {
  const key = await openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);
  const added = extensions.flatMap((each) => ['-addext', each]);
  const pem = await openssl(['req', '-x509', '-key', '@key', '-subj', '/CN=a', ...added], { key });
  return decodePem(pem, ['CERTIFICATE']);
}

describe('a certificate for tls-alpn-01', () => {
  it('has the name and the digest', async () => {
    const der = await certificateWith(
      'subjectAltName=DNS:Example.org',
      `${acmeIdentifier}=critical,DER:0420${'ab'.repeat(32)}`,
    );
    expect(readProofCertificate(der)).toEqual({
      identifiers: [{ type: 'dns', value: 'example.org' }],
      names: 1,
      digest: new Uint8Array(32).fill(0xab),
    });
  });

  it('counts names of every kind', async () => {
    const der = await certificateWith('subjectAltName=DNS:a.test,email:a@a.test,IP:192.0.2.1');
    expect(readProofCertificate(der)).toMatchObject({ names: 3, identifiers: [{ value: 'a.test' }, { type: 'ip' }] });
    expect(readProofCertificate(await certificateWith())).toEqual({ names: 0, identifiers: [], digest: undefined });
  });

  it('has no digest where that is not critical, or no octets', async () => {
    for (const value of ['DER:0401ff', 'critical,DER:020101']) {
      const der = await certificateWith(`${acmeIdentifier}=${value}`);
      expect(readProofCertificate(der).digest, value).toBeUndefined();
    }
  });

  it('is a certificate, or none', () => {
    expect(() => readProofCertificate(Uint8Array.of(0x30, 0))).toThrow(Error);
    expect(() => readProofCertificate(new Uint8Array())).toThrow(Error);
  });
});
