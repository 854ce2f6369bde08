import type { CertificateIssued } from '../../../lib/index.js';
import { firstValueFrom } from 'rxjs';
import type { Pebble } from '../../support/pebble.js';
import { openssl } from '../../x509/openssl.js';

/** What openssl, which shares no code with rxacme, finds in a certificate. */
export interface Findings {
  /** The public key of the leaf, PEM. */
  readonly publicKeyPem: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Lets openssl verify a chain up to a Pebble's root, as a TLS server's for each of these names. Rejects if it does not. */
export async function verifyChain(pebble: Pebble, chainPem: string, names: readonly string[]): Promise<Findings> {
  const files = { roots: await pebble.issuerRootsPem(), chain: chainPem };
  for (const name of names) {
    const host = /^[\d.]+$|:/.test(name) ? ['-verify_ip', name] : ['-verify_hostname', name.replace('*', 'any')];
    await openssl(
      ['verify', '-purpose', 'sslserver', ...host, '-CAfile', '@roots', '-untrusted', '@chain', '@chain'],
      files,
    );
  }
  const publicKeyPem = await openssl(['x509', '-in', '@chain', '-noout', '-pubkey'], files);
  const dates = await openssl(['x509', '-in', '@chain', '-noout', '-dates'], files);
  const date = (label: string) => new Date(new RegExp(`${label}=(.*)`).exec(dates)?.[1] ?? NaN);
  return { publicKeyPem, notBefore: date('notBefore'), notAfter: date('notAfter') };
}

/** The public half of the key that came with a certificate, by openssl, PEM. */
export async function publicKeyOf({ key }: CertificateIssued): Promise<string> {
  if (key === undefined) throw new Error('the certificate came without a key');
  return openssl(['pkey', '-in', '@key', '-pubout'], { key: await firstValueFrom(key.exportPem()) });
}
