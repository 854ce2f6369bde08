import {
  catchError,
  concatMap,
  defer,
  every,
  filter,
  from,
  map,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  throwError,
} from 'rxjs';
import { decodePem, encodePem } from '../codec/pem.js';
import { encodeUtf8 } from '../codec/utf8.js';
import type { Certificate } from '../model/certificate.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import { callPort } from '../request/port.js';
import type { AcmeSession } from '../request/session.js';
import { certificateFingerprint } from './certificate-fingerprint.js';

/**
 * Keeps the chains that lead to a root, by cryptography and not by name, and drops the others. The chain of a root, or
 * else the default:
 *
 * ```ts
 * declare const rootPem: string;
 * const preferred = concatMap((certificate: Certificate) =>
 *   concat(of(certificate), getAlternateCertificates(account, certificate)).pipe(
 *     rootedIn(account.session, rootPem),
 *     first(undefined, certificate),
 *   ),
 * );
 * ```
 *
 * Emits the chains that it keeps, in their order; completes with the source. Errors: those of the source;
 * {@link AcmeInputError} where `root` is not a certificate; {@link AcmePortError} where the certificate reader or the
 * digest fails. Cost: no request of its own; while a chain is checked, the source may ask for the next. Throws
 * `TypeError` if `root` is neither PEM of one certificate nor a fingerprint.
 *
 * @param root PEM of the root: kept is a chain whose last certificate is the root or is signed by it. Or a SHA-256
 * fingerprint in hexadecimal, with or without colons: kept is a chain that contains the certificate; so it does not find
 * a root that servers leave out of their chains, as most do.
 * @see RFC 8555 §7.4.2
 */
export function rootedIn(session: AcmeSession, root: string): MonoTypeOperatorFunction<Certificate> {
  const given: unknown = root;
  const text = String(given);
  const isRooted = text.includes('-----BEGIN') ? signedBy(session, text) : containing(session, text);
  return concatMap((certificate) =>
    isRooted(certificate).pipe(
      filter(Boolean),
      map(() => certificate),
    ),
  );
}

type Test = (certificate: Certificate) => Observable<boolean>;

function containing({ state }: AcmeSession, root: string): Test {
  const wanted = root.replaceAll(':', '').toLowerCase();
  if (!/^[\da-f]{64}$/.test(wanted)) {
    throw new TypeError(
      'rootedIn: root must be PEM of one certificate, or a SHA-256 fingerprint of 64 hexadecimal digits',
    );
  }
  return ({ chain }) =>
    from(chain).pipe(
      concatMap((each) => certificateFingerprint(each, state.digest)),
      every((fingerprint) => fingerprint !== wanted),
      map((isMissing) => !isMissing),
    );
}

function signedBy({ state }: AcmeSession, root: string): Test {
  const rootPem = encodePem('CERTIFICATE', decodePem(root, ['CERTIFICATE']));
  const read = (pem: string): Observable<unknown> =>
    callPort('certificateReader', () => state.certificateReader.readChain(encodeUtf8(pem), undefined));
  return ({ chain }) =>
    defer(() => {
      const top = chain.at(-1);
      const topPem = top === undefined ? '' : encodePem('CERTIFICATE', top.der);
      return read(rootPem).pipe(
        catchError((error: unknown) => throwError(() => (isRefusal(error) ? notACertificate(error) : error))),
        concatMap(() => (topPem === rootPem ? of(true) : read(topPem + rootPem))),
        map(() => true),
        catchError((error: unknown) => (isRefusal(error) ? of(false) : throwError(() => error))),
      );
    });
}

const isRefusal = (error: unknown): error is AcmeProtocolError => error instanceof AcmeProtocolError;

const notACertificate = (cause: AcmeProtocolError): AcmeInputError =>
  new AcmeInputError(`rootedIn: root is no certificate that can be read: ${cause.message}`, { cause });
