import { catchError, concatMap, defer, map, type Observable, of, throwError } from 'rxjs';
import { encodeBase64url } from '../codec/base64url.js';
import { decodePem } from '../codec/pem.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import { acmeErrorNamespace } from '../model/problem.js';
import { type RevocationReason, revocationReasons } from '../model/revocation-reason.js';
import { type AcmeAccount, type AcmeKeyHolder, checkSigner } from '../request/account.js';
import { getDirectory } from '../request/get-directory.js';
import { looksLikeDer } from '../x509/public-key.js';
import { signedPost } from './post-as-get.js';

/** Options of {@link revokeCertificate}. */
export interface RevokeCertificateOptions {
  /** DER, or PEM text. Of a chain the first is revoked. */
  readonly certificate: Uint8Array | string;
  /** Default: none is given. Servers may enter another one. */
  readonly reason?: RevocationReason | undefined;
}

/**
 * Revokes a certificate, in the name of an account, or with the certificate's own key: `{ session, signer }`, for which
 * no account is needed.
 *
 * Emits `undefined` once, when the certificate is revoked; then completes. When the answer is lost or a server's failure,
 * it is asked again: nothing else says whether a certificate is revoked, and then `alreadyRevoked` is the answer.
 *
 * Errors: {@link AcmeProblemError} (`alreadyRevoked`, `badRevocationReason`, `unauthorized`);
 * {@link AcmeUnsupportedError} where the server revokes nothing; {@link AcmeTransportError}; {@link AcmePortError} where the
 * signer fails. Cost: one POST, one nonce (plus directory and newNonce where the session has none). Throws
 * `TypeError` if `certificate` is neither DER nor PEM, and on an unknown reason.
 *
 * @param by An account that ordered the certificate or controls all its names, or who holds its key.
 * @see RFC 8555 §7.6
 */
export function revokeCertificate(
  by: AcmeAccount | AcmeKeyHolder,
  { certificate, reason }: RevokeCertificateOptions,
): Observable<void> {
  checkSigner('revokeCertificate', by.signer);
  const payload = {
    certificate: encodeBase64url(derOf(certificate)),
    ...(reason === undefined ? {} : { reason: codeOf(reason) }),
  };
  return getDirectory(by.session).pipe(
    concatMap(({ revokeCert, url }) => {
      if (revokeCert === undefined) throw new AcmeUnsupportedError('the server revokes no certificates', { url });
      return revoked(by, revokeCert, payload);
    }),
  );
}

/** Asks, and knows `alreadyRevoked` for the answer that was lost. */
const revoked = (by: AcmeAccount | AcmeKeyHolder, url: string, payload: object): Observable<void> =>
  defer(() => {
    let isLost = false;
    const askAgain = () => {
      isLost = true;
      return of(undefined);
    };
    return signedPost(by, url, payload, askAgain).pipe(
      map(() => undefined),
      catchError((error: unknown) => (isLost && isAlreadyRevoked(error) ? of(undefined) : throwError(() => error))),
    );
  });

const isAlreadyRevoked = (error: unknown): boolean =>
  error instanceof AcmeProblemError && error.problem.type === `${acmeErrorNamespace}alreadyRevoked`;

const firstCertificate = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/;

function derOf(certificate: Uint8Array | string): Uint8Array {
  const der =
    typeof certificate === 'string'
      ? decodePem(firstCertificate.exec(certificate)?.[0] ?? certificate, ['CERTIFICATE'])
      : certificate;
  if (der instanceof Uint8Array && looksLikeDer(der)) return der;
  throw new TypeError('revokeCertificate: certificate must be the DER bytes of a certificate, or PEM text');
}

function codeOf(reason: string): number {
  const code = new Map<string, number>(Object.entries(revocationReasons)).get(reason);
  if (code !== undefined) return code;
  throw new TypeError(`revokeCertificate: reason must be one of ${Object.keys(revocationReasons).join(', ')}`);
}
