import { createHash } from 'node:crypto';
import { catchError, concatMap, map, type Observable } from 'rxjs';
import { encodeBase64url } from '../../codec/base64url.js';
import { OtherProtocol, shownCertificate } from '../../node/tls-alpn01-shown.js';
import type { Refusal } from '../../testing/ca/refusal.js';
import { tlsAlpnServerName, verifyTlsAlpnCertificate } from '../../x509/tls-alpn-certificate.js';
import { failure } from './failure.js';
import type { Network } from './network.js';
import type { Proof } from './proof.js';

/**
 * Connects with the protocol of `tls-alpn-01` and looks at the certificate that is shown. Completes where it is right.
 *
 * @see RFC 8737 §3, RFC 8738 §6
 */
export const provenByTls = (network: Network, { identifier, keyAuthorization }: Proof): Observable<unknown> =>
  network.addressOf(identifier.value).pipe(
    concatMap((address) =>
      shownCertificate({
        address,
        port: network.tlsPort,
        serverName: tlsAlpnServerName(identifier),
        label: identifier.value,
      }).pipe(
        catchError((error: Error) => {
          throw failureOf(error);
        }),
      ),
    ),
    concatMap((der) =>
      verifyTlsAlpnCertificate(der, { identifier, keyAuthorizationDigest: digestOf(keyAuthorization) }),
    ),
    map((fault) => {
      if (fault !== undefined) throw failure('unauthorized', `the certificate shown for ${identifier.value} ${fault}`);
    }),
  );

/** Why there is no certificate. What broke below TLS has a system call to its name, or is a reset. */
function failureOf(error: Error): Refusal {
  if (error instanceof OtherProtocol) return failure('unauthorized', error.message);
  const { syscall, code } = error.cause as NodeJS.ErrnoException;
  return failure(syscall === undefined && code !== 'ECONNRESET' ? 'tls' : 'connection', error.message);
}

const digestOf = (text: string): string => encodeBase64url(createHash('sha256').update(text).digest());
