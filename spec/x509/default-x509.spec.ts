import { firstValueFrom, Observable } from 'rxjs';
import { expect, it, vi } from 'vitest';
import { generateCertificateKey } from '../../lib/x509/certificate-key.js';
import { buildCertificateRequest, certificateReader } from '../../lib/x509/default-x509.js';

const loads = vi.hoisted(() => ({ count: 0 }));

vi.mock('../../lib/x509/pki.js', (importOriginal) => {
  loads.count++;
  return importOriginal();
});

it('loads pkijs when first subscribed to, and once', async () => {
  const key$ = generateCertificateKey('P-256');
  certificateReader.readChain(new Uint8Array(), undefined);
  await Promise.resolve();
  expect(loads.count).toBe(0);
  const key = await firstValueFrom(key$);
  const request$ = buildCertificateRequest(key, [{ type: 'dns', value: 'example.com' }]);
  const der = await firstValueFrom(request$);
  await firstValueFrom(request$);
  await firstValueFrom(certificateReader.readRequest(der));
  await firstValueFrom(certificateReader.readChain(new Uint8Array(), undefined)).catch(() => undefined);
  expect(loads.count).toBe(1);
});

it('stops a key that is signing when unsubscribed from', async () => {
  const key = await firstValueFrom(generateCertificateKey('P-256'));
  let isSigning: boolean | undefined;
  const stopped = await new Promise<boolean>((resolve) => {
    const slow = new Observable<Uint8Array>(() => {
      isSigning = true;
      queueMicrotask(() => subscription.unsubscribe());
      return () => resolve(true);
    });
    const subscription = buildCertificateRequest({ ...key, sign: () => slow }, [
      { type: 'dns', value: 'a.example' },
    ]).subscribe();
  });
  expect([isSigning, stopped]).toEqual([true, true]);
});
