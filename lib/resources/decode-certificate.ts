import { defer, map, type Observable } from 'rxjs';
import { defined } from '../codec/defined.js';
import { membersOf, requiredString, requiredUrl } from '../codec/received.js';
import { objectsOf, ownMember, textOf, textsOf } from '../codec/tolerant.js';
import { encodeUtf8 } from '../codec/utf8.js';
import type { Certificate } from '../model/certificate.js';
import type { JsonObject } from '../model/json.js';
import type { CertificateReader } from '../model/ports.js';
import type { Link, ResponseContext } from '../model/retrieved.js';
import { certificateReader } from '../x509/default-x509.js';
import { readCertificate, storable } from './read-certificate.js';

/**
 * Reads a certificate that was stored as JSON: the chain is read and checked again, as {@link getCertificate} does it.
 *
 * Emits once, then completes. Errors: {@link AcmeProtocolError} where `url` or `chainPem` is missing or malformed or the
 * chain does not hold; {@link AcmePortError} where the certificate reader fails. Cost: no request; pkijs is loaded.
 *
 * @param stored What `JSON.parse` returned. Members other than those of {@link StoredCertificate} are passed over.
 * @param reader Default: the one that sessions have.
 * @see RFC 8555 §7.4.2, §9.1
 */
export const decodeCertificate = (
  stored: unknown,
  reader: CertificateReader = certificateReader,
): Observable<Certificate> =>
  defer(() => {
    const members = membersOf({ raw: stored }, 'certificate');
    const body = encodeUtf8(requiredString(members, 'chainPem'));
    const context = contextFrom(members.object, requiredUrl(members, 'url'));
    return readCertificate(reader, { ...context, body }).pipe(
      map((certificate) => storable({ ...certificate, alternates: textsOf(members.object, 'alternates') })),
    );
  });

function contextFrom(object: JsonObject, url: string): ResponseContext {
  const retryAfterMs = ownMember(object, 'retryAfterMs');
  return defined({
    url,
    links: objectsOf(object, 'links').flatMap(linkFrom),
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
  });
}

function linkFrom(object: JsonObject): readonly Link[] {
  const url = textOf(object, 'url');
  return url === undefined ? [] : [{ url, relations: textsOf(object, 'relations') }];
}
