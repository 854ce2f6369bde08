import { catchError, map, type Observable, of } from 'rxjs';
import { decodeAccount } from '../codec/decode-account.js';
import { encodeUtf8 } from '../codec/utf8.js';
import type { Account } from '../model/account.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import { acmeErrorNamespace } from '../model/problem.js';
import type { AcmeAccount } from '../request/account.js';
import { decode } from '../request/decode.js';
import type { AcmeResponse } from '../request/response.js';
import { checkContacts, findAccount } from './account.js';
import { cameTrue } from './came-true.js';
import { signedPost } from './post-as-get.js';

/** Options of {@link updateAccount}. */
export interface UpdateAccountOptions {
  /** Contact URLs, in place of those that the server has; `[]` removes them all. */
  readonly contacts: readonly string[];
}

/**
 * Replaces the contacts of an account.
 *
 * Emits once: the account as the server returned it; then completes. Some servers keep no contacts and say nothing:
 * what counts is the `contacts` that it emits. When the answer is lost or a server's failure it is sent again, which
 * changes nothing more.
 *
 * Errors: {@link AcmeProblemError} (`invalidContact`, `unsupportedContact`, `unauthorized`); {@link AcmeProtocolError}
 * if the reply is not an account; {@link AcmeTransportError}. Cost: one POST, one nonce. Throws `TypeError` if a
 * contact is not a URL, or if there is no list of them.
 *
 * @see RFC 8555 §7.3.2
 */
export function updateAccount(account: AcmeAccount, { contacts }: UpdateAccountOptions): Observable<Account> {
  checkContacts('updateAccount', contacts);
  return signedPost(account, account.url, { contact: contacts }, 'repeat').pipe(decode(decodeAccount));
}

/**
 * Ends an account. There is no way back: every later request of it is refused.
 *
 * Emits once: the account, its status `deactivated`; then completes. When the answer is lost or a server's failure, the
 * server is asked for the key's account: the account counts as ended if that is refused, else the request is sent again.
 *
 * Errors: {@link AcmeProblemError} (`unauthorized` where it has been ended before); {@link AcmeProtocolError} if the
 * reply is not an account, or one that is not deactivated; {@link AcmeTransportError}. Cost: one POST, one nonce.
 *
 * @see RFC 8555 §7.3.6
 */
export const deactivateAccount = (account: AcmeAccount): Observable<Account> =>
  signedPost(account, account.url, { status: 'deactivated' }, () => ended(account)).pipe(
    decode(decodeAccount),
    cameTrue('deactivated', ['deactivation', 'account']),
  );

/** Emits an answer where the account has been ended. Asked with the key, since a wrong URL would be refused as well. */
const ended = ({ session, signer, url }: AcmeAccount): Observable<AcmeResponse | undefined> => {
  const answer = (raw: object): AcmeResponse => ({
    url,
    status: 200,
    headers: {},
    links: [],
    body: encodeUtf8(JSON.stringify(raw)),
  });
  return findAccount(session, { signer }).pipe(
    map(({ resource }) => (resource.status === 'deactivated' ? answer(resource.raw) : undefined)),
    catchError((error: unknown) => {
      if (!isProblem(error, 'unauthorized')) throw error;
      return of(answer({ status: 'deactivated' }));
    }),
  );
};

/** Whether an error is a refusal of that kind. */
export const isProblem = (error: unknown, name: string): error is AcmeProblemError =>
  error instanceof AcmeProblemError && error.problem.type === `${acmeErrorNamespace}${name}`;
