import { map, type Observable } from 'rxjs';
import { decodeAuthorization } from '../codec/decode-authorization.js';
import { parseJson } from '../codec/json.js';
import type { Authorization } from '../model/authorization.js';
import type { AcmeAccount } from '../request/account.js';
import { decode } from '../request/decode.js';
import type { AcmeResponse } from '../request/response.js';
import { cameTrue } from './came-true.js';
import { postAsGet, signedPost } from './post-as-get.js';

/**
 * Gives up an authorization: it no longer counts for this order or a later one. An order that needs it fails, and
 * some servers count a pending one that is given up as a failed validation.
 *
 * Emits once: the authorization, its status `deactivated`; then completes. When the answer is lost or a server's
 * failure, the authorization is read: it is the answer if it is deactivated, else the request is sent again.
 *
 * Errors: {@link AcmeProblemError} (`malformed` where it can no longer be given up, `unauthorized`);
 * {@link AcmeProtocolError} if the reply is not an authorization, or one that is not deactivated;
 * {@link AcmeTransportError}. Cost: one POST, one nonce. Throws `TypeError` if the URL is not absolute.
 *
 * @see RFC 8555 §7.5.2
 */
export const deactivateAuthorization = (account: AcmeAccount, url: string): Observable<Authorization> =>
  signedPost(account, url, { status: 'deactivated' }, () => givenUp(account, url)).pipe(
    decode(decodeAuthorization),
    cameTrue('deactivated', ['deactivation', 'authorization']),
  );

/** Emits the authorization, as an answer, where it is deactivated. */
const givenUp = (account: AcmeAccount, url: string): Observable<AcmeResponse | undefined> =>
  postAsGet(account, url).pipe(
    map((response) => {
      const { status } = decodeAuthorization({ ...response, raw: parseJson(response.body, url) });
      return status === 'deactivated' ? response : undefined;
    }),
  );
