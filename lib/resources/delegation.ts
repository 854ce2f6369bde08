import { concatMap, type Observable } from 'rxjs';
import { decodeDelegation } from '../codec/decode-delegation.js';
import { readDirectoryExtensions } from '../codec/directory-extensions.js';
import type { Delegation } from '../model/delegation.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { OrderExtension } from '../model/order-extension.js';
import { type AcmeAccount, checkUrl } from '../request/account.js';
import { decode } from '../request/decode.js';
import { getAccount } from './account.js';
import { allowCertificateGet } from './allow-certificate-get.js';
import { listPages } from './list-pages.js';
import { postAsGet } from './post-as-get.js';

/**
 * Lists what the owner of a name lets this account obtain certificates for, page by page.
 *
 * Emits the URL of each delegation, in the server's order, as its page comes; then completes. When it is unsubscribed,
 * no further page is read.
 *
 * Errors: {@link AcmeUnsupportedError} where the account has no list of delegations; {@link AcmeProtocolError} where a
 * page is not a list of URLs, leads back to an earlier page, or is followed by more than 1000 in all;
 * {@link AcmeProblemError}; {@link AcmeTransportError}. Cost: one POST and one nonce for the account, and one of each
 * per page.
 *
 * @see RFC 9115 §2.3.1.1
 */
export const listDelegations = (account: AcmeAccount): Observable<string> =>
  getAccount(account).pipe(
    concatMap(({ url, delegations }) => {
      if (delegations !== undefined) return listPages(account, delegations, 'delegations');
      throw new AcmeUnsupportedError('the server delegates nothing: the account has no delegations URL', { url });
    }),
  );

/**
 * Reads a delegation: what its certificate request has to look like, and where the names lead.
 *
 * Emits once, then completes. Errors: {@link AcmeProblemError} (`unauthorized`, `malformed`); {@link AcmeProtocolError}
 * if the reply is not a delegation; {@link AcmeTransportError}. Cost: one POST, one nonce. Throws `TypeError` if the URL
 * is not absolute.
 *
 * @see RFC 9115 §2.3.1.2
 */
export const getDelegation = (account: AcmeAccount, url: string): Observable<Delegation> =>
  postAsGet(account, url).pipe(decode(decodeDelegation));

/** Options of {@link delegation}. */
export interface DelegationOptions {
  /**
   * Whether the certificate is to be had by GET without a signature. The authority that issues knows nothing of this
   * account, so that the owner of the name wants it for every delegation without automatic renewal. Default: false.
   */
  readonly allowCertificateGet?: boolean | undefined;
}

/**
 * Makes an order one for a delegated name. Such an order has no authorizations: it is ready at once.
 *
 * Emits nothing: the value goes into the `extensions` of a new order, which errors with {@link AcmeUnsupportedError}
 * before anything is sent where the server delegates nothing or offers no GET, and with {@link AcmeProblemError} (`unknownDelegation`) where it
 * does not know the URL. Cost: none. Throws `TypeError` if the URL is not absolute.
 *
 * @example
 * ```ts
 * const issued$ = zip(
 *   getDelegation(account, 'https://owner.example/delegation/1'),
 *   generateCertificateKey('P-256'),
 * ).pipe(
 *   concatMap(([{ url, csrTemplate }, key]) =>
 *     buildDelegatedRequest(session, key, csrTemplate).pipe(
 *       concatMap((csr) =>
 *         obtainCertificate(account, {
 *           identifiers: delegationIdentifiers(csrTemplate),
 *           csr,
 *           extensions: [delegation(url, { allowCertificateGet: true })],
 *           solvers: [],
 *         }),
 *       ),
 *     ),
 *   ),
 * );
 * ```
 *
 * @param url The delegation, as {@link listDelegations} emits it.
 * @see RFC 9115 §2.3.2, §2.4
 */
export function delegation(url: string, { allowCertificateGet: get = false }: DelegationOptions = {}): OrderExtension {
  checkUrl('delegation', url);
  return (directory, payload) => {
    if (readDirectoryExtensions(directory).delegationEnabled !== true) {
      throw new AcmeUnsupportedError('the server delegates nothing: meta.delegation-enabled is not true', {
        url: directory.url,
      });
    }
    return { delegation: url, ...(get ? allowCertificateGet()(directory, payload) : {}) };
  };
}
