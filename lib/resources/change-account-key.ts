import { catchError, concatMap, map, type Observable, of, throwError } from 'rxjs';
import { parseUrl } from '../codec/url.js';
import { encodeUtf8 } from '../codec/utf8.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { AcmeSigner } from '../model/ports.js';
import { type AcmeAccount, checkSigner } from '../request/account.js';
import { getDirectory } from '../request/get-directory.js';
import { callPort } from '../request/port.js';
import type { AcmeResponse } from '../request/response.js';
import { signJws } from '../signing/jws.js';
import { publicMembers } from '../codec/public-members.js';
import { findAccount } from './account.js';
import { isProblem } from './update-account.js';
import { signedPost } from './post-as-get.js';

/**
 * Gives an account another key. Store the new key before: once the server has it, the old one is worth nothing.
 *
 * Emits once: the account with the new key, under the same URL, to be used from then on; then completes. The value
 * passed in does not change. When the answer is lost or a server's failure, the server is asked for the new key's
 * account: the change is done if that is this one, else the request is sent again.
 *
 * Errors: {@link AcmeUnsupportedError} where the server offers no key change; {@link AcmeProblemError} (`malformed`,
 * `badPublicKey`, `badSignatureAlgorithm`; status 409 where the new key has an account, which the message names);
 * {@link AcmePortError} where a signer fails; {@link AcmeTransportError}; {@link AcmeProtocolError} where the server
 * says that it is done and it is not. Cost: one POST, one nonce; another of each where the answer is empty, to find out
 * whether the change was made (plus directory and newNonce where the session has none). Throws `TypeError` if `newSigner` is no signer
 * or has the key that the account has already.
 *
 * @see RFC 8555 §7.3.5
 */
export function changeAccountKey(account: AcmeAccount, newSigner: AcmeSigner): Observable<AcmeAccount> {
  checkSigner('changeAccountKey', newSigner);
  const { session, url } = account;
  const oldKey = publicMembers(account.signer.publicJwk);
  if (JSON.stringify(publicMembers(newSigner.publicJwk)) === JSON.stringify(oldKey)) {
    throw new TypeError('changeAccountKey: newSigner must have another key than the account has');
  }
  return getDirectory(session).pipe(
    concatMap(({ keyChange }) => {
      if (keyChange === undefined) {
        throw new AcmeUnsupportedError('the server offers no key change: its directory has no keyChange', {
          url: session.directoryUrl,
        });
      }
      const payload = { account: url, oldKey };
      return callPort('signer', () => signJws(newSigner, { url: keyChange, payload })).pipe(
        concatMap((jws) =>
          signedPost(account, keyChange, JSON.parse(jws) as object, () => changed(account, newSigner, keyChange)),
        ),
      );
    }),
    concatMap((response) => (response.body.length > 0 ? of(response) : confirmed(account, newSigner, response.url))),
    map(() => ({ session, signer: newSigner, url })),
    catchError((error: unknown) => throwError(() => (isConflict(error) ? withOwner(error) : error))),
  );
}

/** An answer without a body says too little: one server sends it also where it has left the key as it was. */
const confirmed = (account: AcmeAccount, newSigner: AcmeSigner, keyChange: string): Observable<AcmeResponse> =>
  changed(account, newSigner, keyChange).pipe(
    map((found) => {
      if (found !== undefined) return found;
      throw new AcmeProtocolError(
        `${keyChange}: the server took the key change, but ${account.url} does not have the new key; is it another account's?`,
        { url: keyChange },
      );
    }),
  );

/** Emits an answer where the new key is the account's already. That of another account is left to the server to refuse. */
const changed = (
  { session, url }: AcmeAccount,
  signer: AcmeSigner,
  keyChange: string,
): Observable<AcmeResponse | undefined> =>
  findAccount(session, { signer }).pipe(
    map((found) =>
      found.url === url ? { url: keyChange, status: 200, headers: {}, links: [], body: encodeUtf8('{}') } : undefined,
    ),
    catchError((error: unknown) => {
      if (!isProblem(error, 'accountDoesNotExist')) throw error;
      return of(undefined);
    }),
  );

const isConflict = (error: unknown): error is AcmeProblemError =>
  error instanceof AcmeProblemError && error.status === 409 && error.headers?.['location'] !== undefined;

/** The same refusal, with the URL of the account that has the key. */
function withOwner(cause: AcmeProblemError): AcmeProblemError {
  const { problem, url, status, retryAfterMs, retryAt, links, headers } = cause;
  const location = headers?.['location'] ?? '';
  const owner = parseUrl(location) === undefined ? (parseUrl(location, url)?.href ?? location) : location;
  const detail = `${problem.detail ?? 'the new key is in use'}; the account with that key is ${owner}`;
  return new AcmeProblemError({ ...problem, detail }, { url, status, retryAfterMs, retryAt, links, headers, cause });
}
