import { map, type Observable } from 'rxjs';
import { encodeHex } from '../codec/hex.js';
import type { CertificateDetails } from '../model/certificate.js';
import type { AcmeDigest } from '../model/ports.js';
import { callPort } from '../request/port.js';
import { webCryptoDigest } from '../signing/thumbprint.js';

/**
 * The SHA-256 fingerprint of a certificate, as browsers and other tools show it.
 *
 * Emits once: lower-case hexadecimal without colons; then completes. Errors: {@link AcmePortError} where the digest
 * fails. Cost: no request.
 *
 * @param digest Default: WebCrypto.
 * @see RFC 5280 §4.1
 */
export const certificateFingerprint = (
  { der }: Pick<CertificateDetails, 'der'>,
  digest: AcmeDigest = webCryptoDigest,
): Observable<string> => callPort('digest', () => digest(der)).pipe(map(encodeHex));
