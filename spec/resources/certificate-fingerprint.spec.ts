import { X509Certificate } from 'node:crypto';
import { firstValueFrom, lastValueFrom, throwError, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AcmePortError, certificateFingerprint } from '../../lib/index.js';
import { syncDigest } from '../support/sync-ports.js';
import { completed, errorOf, virtualTime } from '../support/virtual-time.js';
import { exampleCertificate } from '../x509/vector-rfc9773.js';

const expected = '4488f983790f68fff82e7d27dd56d8da0ee4a751db510d35e54360abad069ea2';

describe('certificateFingerprint', () => {
  it('is the SHA-256 of the certificate of RFC 9773 §A, as node:crypto has it', async () => {
    expect(await lastValueFrom(certificateFingerprint({ der: exampleCertificate }).pipe(toArray()))).toEqual([
      expected,
    ]);
    const { fingerprint256 } = new X509Certificate(exampleCertificate);
    expect(fingerprint256.replaceAll(':', '').toLowerCase()).toBe(expected);
  });

  it('hashes for each subscription, at once where the digest does', () =>
    virtualTime((time) => {
      let hashed = 0;
      const digest = (data: Uint8Array) => (hashed++, syncDigest(data));
      const fingerprint$ = certificateFingerprint({ der: exampleCertificate }, digest);
      expect(hashed).toBe(0);
      expect(completed(time, fingerprint$)).toMatchObject({ values: [expected], isComplete: true });
      completed(time, fingerprint$);
      expect(hashed).toBe(2);
    }));

  it('errors with AcmePortError where the digest fails', async () => {
    const digest = () => throwError(() => new Error('no'));
    const failed = firstValueFrom(certificateFingerprint({ der: exampleCertificate }, digest));
    await expect(failed).rejects.toBeInstanceOf(AcmePortError);
    virtualTime((time) => {
      expect(errorOf(time, certificateFingerprint({ der: exampleCertificate }, digest))).toMatchObject({
        port: 'digest',
      });
    });
  });
});
