import { defer, map, type Observable, switchMap } from 'rxjs';
import { toIdentifier } from '../codec/identifier.js';
import { checkRequestable } from '../codec/requestable.js';
import type { CertificateDetails } from '../model/certificate.js';
import type { Identifier } from '../model/identifier.js';
import type {
  CertificateKey,
  CertificateReader,
  CertificateRequestBuilder,
  CertificateRequestDetails,
  CertificateRequestOptions,
  ExpectedLeaf,
} from '../model/ports.js';

/** The module system loads it once, and again only where that failed. */
const loadPki = () => import('./pki.js');

/**
 * Makes a PKCS#10 request with an empty subject and the identifiers as its alternative names: DNS names, IP addresses,
 * and what the registered types of the others say.
 *
 * Emits once: the request, DER; then completes. Cold: each subscription signs again. Errors with what `key.sign`
 * errors with; with `TypeError` on a key other than P-256, P-384, RSA or Ed25519, on no identifier or one of a type that
 * is not registered, on an extension that is asked for twice or is not DER, and on a signature of the wrong length.
 * Cost: one signature, no request; the first call loads pkijs.
 *
 * @example
 * ```ts
 * const csr$ = generateCertificateKey('P-384').pipe(
 *   concatMap((key) => buildCertificateRequest(key, [toIdentifier('example.org')], { mustStaple: true })),
 * );
 * ```
 *
 * @param key `key.sign` hashes with SHA-256 for P-256 and RSA (PKCS #1 v1.5), with SHA-384 for P-384.
 * @param options Default: no further extensions, and no types of identifier but `dns` and `ip`.
 * @see RFC 8555 §7.4, RFC 2986 §4, RFC 7633 §4.1
 */
export const buildCertificateRequest = ((
  key: CertificateKey,
  identifiers: readonly Identifier[],
  options: CertificateRequestOptions = {},
): Observable<Uint8Array> =>
  defer(loadPki).pipe(
    switchMap(({ signedRequest }) => {
      checkRequestable(identifiers, options.identifierTypes);
      return signedRequest(key, identifiers, options);
    }),
  )) satisfies CertificateRequestBuilder;

/** Reads certificate requests and certificate chains. The first use loads pkijs. */
export const certificateReader = {
  /** Loads pkijs. */
  prepare: loadPki as () => Promise<unknown>,

  /**
   * Emits once: what the request says; then completes. Does not check its signature. Errors with
   * {@link AcmeInputError} where `der` is not a PKCS#10 request.
   *
   * @see RFC 2986 §4
   */
  readRequest: (request: Uint8Array | string): Observable<CertificateRequestDetails> =>
    defer(loadPki).pipe(map(({ readRequest }) => readRequest(request, toIdentifier))),

  /**
   * Emits once: the certificates of a PEM chain, read and checked; then completes. Signatures by ECDSA on P-256, P-384
   * and P-521, RSA and RSA-PSS are verified, and Ed25519 where the platform has it; any other counts as wrong. Errors
   * with {@link AcmeProtocolError}, which has the bytes as its body and names the certificate at fault.
   *
   * @see RFC 8555 §7.4.2, §11.4, RFC 5280 §4.1
   */
  readChain: (
    pem: Uint8Array,
    expected: ExpectedLeaf | undefined,
  ): Observable<{ readonly chain: readonly CertificateDetails[] }> =>
    defer(loadPki).pipe(switchMap(({ checkedChain }) => checkedChain(pem, expected))),
} satisfies CertificateReader;
