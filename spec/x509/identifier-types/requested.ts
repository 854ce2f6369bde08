import { firstValueFrom } from 'rxjs';
import type { IdentifierType } from '../../../lib/model/ports.js';
import { generateCertificateKey } from '../../../lib/x509/certificate-key.js';
import { buildCertificateRequest } from '../../../lib/x509/default-x509.js';
import { openssl } from '../openssl.js';

/** What openssl says of a request for identifiers of one type. */
export async function requestedText(type: IdentifierType, ...values: readonly string[]): Promise<string> {
  const key = await firstValueFrom(generateCertificateKey('P-256'));
  const identifiers = values.map((value) => ({ type: type.type, value }));
  const csr = await firstValueFrom(buildCertificateRequest(key, identifiers, { identifierTypes: [type] }));
  return openssl(['req', '-inform', 'DER', '-in', '@csr', '-noout', '-verify', '-text'], { csr });
}

/** The DER of such a request, as hexadecimal. */
export async function requestedHex(type: IdentifierType, ...values: readonly string[]): Promise<string> {
  const key = await firstValueFrom(generateCertificateKey('P-256'));
  const identifiers = values.map((value) => ({ type: type.type, value }));
  const csr = await firstValueFrom(buildCertificateRequest(key, identifiers, { identifierTypes: [type] }));
  return Buffer.from(csr).toString('hex');
}
