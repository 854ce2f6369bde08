import { encodeBase64url } from '../../codec/base64url.js';
import { encodePem } from '../../codec/pem.js';
import type { CertificateRequestDetails } from '../../model/ports.js';
import type { IssuedCertificate } from '../ca/operation.js';
import type { Validity } from '../issuing/validity.js';
import { encodeFakeDer } from './fake-der.js';
import { type FakeCertificate, synchronousCertificateKey } from './x509.js';

const intermediateName = 'CN=fake intermediate';
const intermediateMs = 10 * 365 * 24 * 3_600_000;

/** Issues fake certificates, with a chain for each of the roots. */
export function fakeIssuer(
  roots: readonly string[],
): (request: CertificateRequestDetails, validity: Validity) => IssuedCertificate {
  let serial = 0;
  let intermediates: readonly string[] | undefined;
  const intermediate = (root: string, fromMs: number): string =>
    encodePem(
      'CERTIFICATE',
      encodeFakeDer({
        subject: intermediateName,
        issuer: `CN=${root}`,
        identifiers: [],
        publicKey: encodeBase64url(synchronousCertificateKey(intermediateName).publicKey),
        serialNumber: '01',
        notBefore: fromMs,
        notAfter: fromMs + intermediateMs,
      } satisfies FakeCertificate),
    );
  return ({ identifiers, publicKey }, { notBeforeAt, notAfterAt }) => {
    intermediates ??= roots.map((root) => intermediate(root, notBeforeAt.getTime()));
    const der = encodeFakeDer({
      subject: '',
      issuer: intermediateName,
      identifiers,
      publicKey: encodeBase64url(publicKey),
      serialNumber: (++serial).toString(16).padStart(8, '0'),
      notBefore: notBeforeAt.getTime(),
      notAfter: notAfterAt.getTime(),
    } satisfies FakeCertificate);
    const leaf = encodePem('CERTIFICATE', der);
    return { der, chains: intermediates.map((each) => leaf + each) };
  };
}
