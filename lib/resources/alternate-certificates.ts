import { concatMap, defer, from, map, type MonoTypeOperatorFunction, type Observable, reduce } from 'rxjs';
import type { Certificate } from '../model/certificate.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { AcmeAccount } from '../request/account.js';
import { getCertificate } from './certificate.js';

/**
 * Downloads the other chains that a server has for a certificate, each checked as {@link getCertificate} checks it.
 *
 * Emits each chain when it is there, in the server's order, without the one at hand; then completes, at once where there
 * is no other. Lazy: the next is asked for when the one before it has been taken, so that `take(1)` sends one
 * request. The chain of a root, or else the default:
 *
 * ```ts
 * const preferRootX = concatMap((certificate: Certificate) =>
 *   concat(of(certificate), getAlternateCertificates(account, certificate)).pipe(
 *     first(issuedBy('Root X'), certificate),
 *   ),
 * );
 * ```
 *
 * A page knows of no chain where the server does not name `Link` in `Access-Control-Expose-Headers`: this completes at
 * once then, without an error, for some authorities send no links at all. Most link each answer to their directory, so
 * that `links` of the certificate, empty in a page, likely says that they are hidden.
 *
 * Errors: {@link AcmeProtocolError} where a chain fails a check or begins with another certificate;
 * {@link AcmeProblemError}; {@link AcmeTransportError}; {@link AcmePortError} where the certificate reader fails. Cost: one
 * POST and one nonce for each chain; pkijs is loaded.
 *
 * @see RFC 8555 §7.4.2
 */
export const getAlternateCertificates = (
  account: AcmeAccount,
  { url: own, leaf, alternates }: Pick<Certificate, 'url' | 'leaf' | 'alternates'>,
): Observable<Certificate> =>
  defer(() => from(new Set(alternates.filter((url) => url !== own)))).pipe(
    concatMap((url) => getCertificate(account, url, leaf)),
    map((alternate) => {
      const { der } = alternate.leaf;
      const isSame = der.length === leaf.der.length && der.every((octet, index) => octet === leaf.der[index]);
      if (isSame) return alternate;
      const { url } = alternate;
      throw new AcmeProtocolError(`${url}: the alternate chain begins with another certificate: do not install it`, {
        url,
      });
    }),
  );

/**
 * Whether a chain ends at an issuer of that name: the issuer of its last certificate, which is the root where the root
 * is left out.
 *
 * @param name The issuer's common name, or its whole distinguished name as `issuer` has it.
 * @see RFC 8555 §7.4.2
 */
export const issuedBy =
  (name: string) =>
  ({ chain }: Certificate): boolean => {
    const issuer = chain.at(-1)?.issuer;
    return issuer !== undefined && (issuer === name || commonNames(issuer).includes(name));
  };

/** The common names in a distinguished name, their escapes undone. */
const commonNames = (distinguishedName: string): readonly string[] =>
  (distinguishedName.match(/(?:\\.|[^\\,+])+/gs) ?? [])
    .filter((attribute) => attribute.startsWith('CN='))
    .map((attribute) => attribute.slice('CN='.length).replace(/\\(.)/gs, '$1'));

/**
 * Picks the chain with the fewest certificates, of equal ones the first.
 *
 * Emits once, when the source completes, then completes; nothing where the source emits nothing. Errors with the
 * source's error. Cost: none of its own; the source is read to its end.
 *
 * @see RFC 8555 §7.4.2
 */
export const shortestChain = (): MonoTypeOperatorFunction<Certificate> =>
  reduce((shortest, each) => (each.chain.length < shortest.chain.length ? each : shortest));
