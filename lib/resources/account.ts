import { concatMap, map, type Observable, of } from 'rxjs';
import { decodeAccount } from '../codec/decode-account.js';
import { isAbsoluteUrl } from '../codec/url.js';
import type { Account } from '../model/account.js';
import type { AcmeSigner } from '../model/ports.js';
import { type AcmeAccount, checkSigner } from '../request/account.js';
import { decode } from '../request/decode.js';
import { getDirectory } from '../request/get-directory.js';
import { located } from '../request/response.js';
import type { AcmeSession } from '../request/session.js';
import { signedRequest } from '../request/signed-request.js';
import type { ExternalAccountBinding } from '../signing/external-account-binding.js';
import { postAsGet } from './post-as-get.js';

/** Options of {@link newAccount}. */
export interface NewAccountOptions {
  /** The key that will be the account's. */
  readonly signer: AcmeSigner;
  /** Contact URLs, such as `mailto:admin@example.org`. */
  readonly contacts?: readonly string[] | undefined;
  /** Whether the terms of service (`meta.termsOfService` of the directory) are agreed to. Never assumed. */
  readonly termsOfServiceAgreed?: boolean | undefined;
  /** The account outside of ACME that the new one belongs to, made by `externalAccountBinding`. */
  readonly externalAccount?: ExternalAccountBinding | undefined;
}

/** An account as {@link newAccount} and {@link findAccount} emit it. */
export interface RegisteredAccount extends AcmeAccount {
  /** False where the server knew the key already; then nothing else of the request was taken over. */
  readonly created: boolean;
  /** What the server says of the account. */
  readonly resource: Account;
}

/**
 * Creates an account for a key, or finds the one that the key has.
 *
 * Emits once: the account, ready to be used; then completes. Safe to repeat: the same key gives the same account.
 *
 * Errors: {@link AcmeUserActionRequiredError} or {@link AcmeProblemError} where terms must be agreed to;
 * {@link AcmeProblemError} (`externalAccountRequired`, `invalidContact`, `unsupportedContact`, `badPublicKey`);
 * {@link AcmeProtocolError} if the reply is not an account; {@link AcmePortError} where the signer or the external
 * account's MAC fails; {@link AcmeTransportError}. Cost: one POST, one nonce (plus directory and newNonce where the
 * session has none). Throws `TypeError` if a contact is not a URL, or `externalAccount` not what
 * `externalAccountBinding` returns.
 *
 * @see RFC 8555 §7.3, §7.3.4
 */
export function newAccount(session: AcmeSession, options: NewAccountOptions): Observable<RegisteredAccount> {
  const { signer, contacts, termsOfServiceAgreed, externalAccount } = options;
  checkSigner('newAccount', signer);
  checkContacts('newAccount', contacts ?? []);
  if (externalAccount !== undefined && !('bind' in Object(externalAccount))) {
    throw new TypeError('newAccount: externalAccount must be what externalAccountBinding returns');
  }
  return postNewAccount(session, signer, { termsOfServiceAgreed, contact: contacts }, externalAccount);
}

/** A URL; of mail, with one address and no header fields. */
const isContact = (text: string): boolean => isAbsoluteUrl(text) && !/^mailto:[^#]*[?,]/i.test(text);

/** Throws `TypeError` on what is not a list of URLs, or has one of mail with several addresses or header fields. */
export function checkContacts(what: string, contacts: unknown): void {
  const list: readonly unknown[] = Array.isArray(contacts) ? contacts : [contacts];
  const wrong = list.findIndex((contact) => list !== contacts || !isContact(String(contact)));
  if (wrong < 0) return;
  throw new TypeError(
    `${what}: contacts must be a list of URLs such as mailto:admin@example.org, one address each, found ${String(list[wrong])}`,
  );
}

/**
 * Finds the account that a key has, and creates none.
 *
 * Emits once: the account; then completes. Errors: {@link AcmeProblemError} (`accountDoesNotExist` where there is
 * none, `unauthorized` where it is deactivated); {@link AcmeProtocolError}; {@link AcmeTransportError}. Cost: one
 * POST, one nonce.
 *
 * @see RFC 8555 §7.3.1
 */
export function findAccount(
  session: AcmeSession,
  { signer }: Pick<NewAccountOptions, 'signer'>,
): Observable<RegisteredAccount> {
  checkSigner('findAccount', signer);
  return postNewAccount(session, signer, { onlyReturnExisting: true });
}

/**
 * Reads what the server says of an account.
 *
 * Emits once, then completes. Errors: {@link AcmeProblemError} (`accountDoesNotExist`, `unauthorized`);
 * {@link AcmeProtocolError} if the reply is not an account; {@link AcmeTransportError}. Cost: one POST, one nonce.
 *
 * @see RFC 8555 §7.3.1, §6.3
 */
export const getAccount = (account: AcmeAccount): Observable<Account> =>
  postAsGet(account, account.url).pipe(decode(decodeAccount));

const postNewAccount = (
  session: AcmeSession,
  signer: AcmeSigner,
  payload: object,
  externalAccount?: ExternalAccountBinding,
): Observable<RegisteredAccount> =>
  getDirectory(session).pipe(
    map(({ newAccount: url }) => ({ url, payload, recovery: 'repeat' }) as const),
    externalAccount?.bind(signer) ?? ((request$) => request$),
    signedRequest({ session, signer }),
    concatMap((response) =>
      of(located(response, 'account')).pipe(
        decode(decodeAccount),
        map((resource) => ({ session, signer, url: resource.url, created: response.status === 201, resource })),
      ),
    ),
  );
