import { defer, from, map, type Observable, switchMap, take, throwIfEmpty } from 'rxjs';
import type { Identifier } from '../model/identifier.js';
import type {
  CertificateKey,
  CertificateReader,
  CertificateRequestBuilder,
  CertificateRequestDetails,
  ChainLink,
} from '../model/ports.js';

/** The module system loads it once, and again only where that failed. */
const loadPki = () => import('./pki.js');

/**
 * Makes a PKCS#10 request with an empty subject and the identifiers, DNS names and IP addresses, as its alternative
 * names.
 *
 * Emits once: the request, DER; then completes. Cold: each subscription signs again. Errors with what `key.sign`
 * errors with; with `TypeError` on a key other than P-256, P-384, RSA or Ed25519, on another type of identifier, on
 * none, and on a signature of the wrong length. Cost: one signature, no request; the first call loads pkijs.
 *
 * @param key `key.sign` hashes with SHA-256 for P-256 and RSA (PKCS #1 v1.5), with SHA-384 for P-384.
 * @see RFC 8555 §7.4, RFC 2986 §4
 */
export const buildCertificateRequest = ((
  key: CertificateKey,
  identifiers: readonly Identifier[],
): Observable<Uint8Array> =>
  defer(loadPki).pipe(
    switchMap(({ unsignedRequest }) => {
      const request = unsignedRequest(key.publicKey, identifiers);
      return from(key.sign(request.toBeSigned)).pipe(
        take(1),
        throwIfEmpty(() => new TypeError('the certificate key emitted no signature')),
        map((signature) => request.withSignature(signature)),
      );
    }),
  )) satisfies CertificateRequestBuilder;

/** Reads certificate requests and certificate chains. The first use loads pkijs. */
export const certificateReader = {
  /**
   * Emits once: what the request says; then completes. Does not check its signature. Errors with
   * {@link AcmeInputError} where `der` is not a PKCS#10 request.
   *
   * @see RFC 2986 §4
   */
  readRequest: (der: Uint8Array): Observable<CertificateRequestDetails> =>
    defer(loadPki).pipe(map(({ readRequest }) => readRequest(der))),

  /**
   * Emits once: what each certificate says, and whether the next one's key verifies it (ECDSA on P-256, P-384 and
   * P-521, RSA, RSA-PSS, and Ed25519 where the platform has it; anything else counts as not verified); then completes.
   * Errors with `AcmeProtocolError`, which names the position and has the certificate as its body, where one
   * cannot be read.
   *
   * @see RFC 8555 §7.4.2, RFC 5280 §4.1
   */
  readChain: (ders: readonly Uint8Array[]): Observable<{ readonly links: readonly ChainLink[] }> =>
    defer(loadPki).pipe(switchMap(({ readChain }) => readChain(ders))),
} satisfies CertificateReader;
