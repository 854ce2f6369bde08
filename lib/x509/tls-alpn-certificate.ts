import {
  asyncScheduler,
  concatMap,
  defer,
  from,
  map,
  type Observable,
  of,
  take,
  throwIfEmpty,
  type TimestampProvider,
} from 'rxjs';
import { decodeBase64url } from '../codec/base64url.js';
import { encodePem, decodePem } from '../codec/pem.js';
import { reverseName } from '../codec/reverse-name.js';
import type { Identifier } from '../model/identifier.js';
import type { CertificateKeyType } from '../model/key-type.js';
import type { CertificateKey, ChallengeTask } from '../model/ports.js';
import { generateCertificateKey } from './certificate-key.js';

/** What a certificate for `tls-alpn-01` is about: a task of that type, or as much of one as is needed. */
export type TlsAlpnProof = Pick<ChallengeTask, 'identifier' | 'keyAuthorizationDigest'>;

/** Options of {@link buildTlsAlpnCertificate}. */
export interface TlsAlpnCertificateOptions {
  /** The certificate's key. Default: a new one. */
  readonly key?: CertificateKey | undefined;
  /** The kind of key to make. Default: `P-256`. */
  readonly keyType?: CertificateKeyType | undefined;
  /** How long it is valid, in milliseconds, five minutes before now included. Default: one day. */
  readonly validityMs?: number | undefined;
  /** What "now" is. Default: `asyncScheduler`. */
  readonly clock?: TimestampProvider | undefined;
}

/** A certificate to show to whoever asks for the protocol `acme-tls/1` and the server name. */
export interface TlsAlpnCertificate {
  /** PEM. */
  readonly certificatePem: string;
  /** The key of the certificate: the one that was given, or a new one. */
  readonly key: CertificateKey;
  /** What the server is asked for. */
  readonly serverName: string;
}

const loadPki = () => import('./pki.js');
const dayMs = 24 * 3_600_000;
const longestMs = 100 * 365 * dayMs;
const earlierMs = 5 * 60_000;

/** The protocol of `tls-alpn-01`, as it is negotiated. */
export const tlsAlpnProtocol = 'acme-tls/1';

/**
 * The server name that is asked for when an identifier is proven by `tls-alpn-01`: a host name itself, of an IP address
 * its name in the reverse DNS. Throws `TypeError` on identifiers of other types, on wildcards and on addresses that
 * are none.
 *
 * @see RFC 8737 §3, RFC 8738 §6
 */
export function tlsAlpnServerName({ type, value }: Identifier): string {
  if (value.startsWith('*.')) throw new TypeError(`tls-alpn-01 cannot prove wildcards, such as ${value}`);
  if (type === 'dns') return value;
  if (type === 'ip') return reverseName(value);
  throw new TypeError(`tls-alpn-01 proves host names and IP addresses, not identifiers of type ${type}`);
}

/**
 * Makes the certificate that proves control by `tls-alpn-01`: self-signed, with the identifier as its only name and the
 * digest of the key authorization in a critical extension.
 *
 * Emits once, then completes. Cold: each subscription makes another one. Errors with what `key.sign` errors with; with
 * {@link AcmeUnsupportedError} on a platform without such keys. Cost: a key and one signature, no request; pkijs is
 * loaded. Throws `TypeError` on a task without a digest, on an identifier that is neither host name nor IP address, and
 * where `validityMs` is not positive or more than a hundred years.
 *
 * @example
 * ```ts
 * const solver: ChallengeSolver = {
 *   types: ['tls-alpn-01'],
 *   present: (task) =>
 *     buildTlsAlpnCertificate(task).pipe(
 *       tap(({ serverName, certificatePem }) => console.log(serverName, 'shows', certificatePem)),
 *     ),
 *   cleanUp: () => EMPTY,
 * };
 * ```
 *
 * @see RFC 8737 §3, RFC 8738 §6
 */
export function buildTlsAlpnCertificate(
  proof: TlsAlpnProof,
  { key, keyType = 'P-256', validityMs = dayMs, clock = asyncScheduler }: TlsAlpnCertificateOptions = {},
): Observable<TlsAlpnCertificate> {
  const serverName = tlsAlpnServerName(proof.identifier);
  const fields = proofFields(proof);
  if (!(validityMs > 0 && validityMs <= longestMs))
    throw new TypeError('tls-alpn-01: validityMs must be a positive number of milliseconds, a hundred years at most');
  return defer(() => (key === undefined ? generateCertificateKey(keyType) : of(key))).pipe(
    concatMap((own) =>
      defer(loadPki).pipe(
        concatMap(({ unsignedProofCertificate }) => {
          const fromMs = clock.now() - earlierMs;
          const validity = { notBeforeAt: new Date(fromMs), notAfterAt: new Date(fromMs + validityMs) };
          const unsigned = unsignedProofCertificate(own.publicKey, fields, validity);
          return from(own.sign(unsigned.toBeSigned)).pipe(
            take(1),
            throwIfEmpty(() => new TypeError('the key emitted no signature')),
            map((signature) => encodePem('CERTIFICATE', unsigned.withSignature(signature))),
          );
        }),
        map((certificatePem) => ({ certificatePem, key: own, serverName })),
      ),
    ),
  );
}

/**
 * Looks whether a certificate proves control by `tls-alpn-01`: one name and no other, the right digest in a critical
 * extension, signed with its own key. When it is valid does not matter.
 *
 * Emits once: what is wrong, as the end of a sentence that begins with "the certificate", or `undefined` where nothing
 * is; then completes. Errors: none. Cost: one verification, no request; pkijs is loaded. Throws `TypeError` on a task
 * without a digest, and on text that is not one certificate in PEM.
 *
 * @param certificate DER or PEM.
 * @see RFC 8737 §3, RFC 8738 §6
 */
export function verifyTlsAlpnCertificate(
  certificate: Uint8Array | string,
  proof: TlsAlpnProof,
): Observable<string | undefined> {
  const fields = proofFields(proof);
  const der = typeof certificate === 'string' ? decodePem(certificate, ['CERTIFICATE']) : certificate;
  return defer(loadPki).pipe(concatMap(({ proofFault }) => proofFault(der, fields)));
}

function proofFields({ identifier, keyAuthorizationDigest }: TlsAlpnProof): {
  readonly identifier: Identifier;
  readonly digest: Uint8Array;
} {
  const digest = decodeBase64url(keyAuthorizationDigest ?? '');
  if (digest.length === 32) return { identifier, digest };
  throw new TypeError('tls-alpn-01: keyAuthorizationDigest must be the base64url SHA-256 of a key authorization');
}
