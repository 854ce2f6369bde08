import { encodeBase64url } from '../../codec/base64url.js';
import { encodePem } from '../../codec/pem.js';
import type { CertificateRequestDetails } from '../../model/ports.js';
import type { IssuedCertificate } from '../ca/operation.js';
import { encodeFakeDer } from './fake-der.js';
import { synchronousJwk } from './keys.js';
import type { FakeCertificate } from './x509.js';

/** Issues a fake certificate, with a chain for each of the issuers. */
export function issueFakeCertificate(
  { identifiers, publicKey }: CertificateRequestDetails,
  serial: number,
  nowMs: number,
  lifetimeMs: number,
  roots: readonly string[],
): IssuedCertificate {
  const certificate = (
    names: Pick<FakeCertificate, 'subject' | 'issuer'>,
    more: Partial<FakeCertificate>,
  ): Uint8Array =>
    encodeFakeDer({
      identifiers: [],
      publicKey: encodeBase64url(new TextEncoder().encode(JSON.stringify(synchronousJwk(names.subject)))),
      serialNumber: '01',
      notBefore: nowMs,
      notAfter: nowMs + lifetimeMs,
      ...names,
      ...more,
    });
  const serialNumber = serial.toString(16).padStart(8, '0');
  const leaf = certificate(
    { subject: '', issuer: 'CN=fake intermediate' },
    { identifiers, publicKey: encodeBase64url(publicKey), serialNumber },
  );
  const chains = roots.map((root) => {
    const intermediate = certificate({ subject: 'CN=fake intermediate', issuer: `CN=${root}` }, {});
    return encodePem('CERTIFICATE', leaf) + encodePem('CERTIFICATE', intermediate);
  });
  return { der: leaf, chains };
}
