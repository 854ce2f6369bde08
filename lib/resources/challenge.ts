import { map, type Observable } from 'rxjs';
import { decodeAuthorization } from '../codec/decode-authorization.js';
import { decodeChallenge } from '../codec/decode-challenge.js';
import { defined } from '../codec/defined.js';
import { parseJson } from '../codec/json.js';
import { encodeUtf8 } from '../codec/utf8.js';
import type { Challenge } from '../model/challenge.js';
import { protocolFault } from '../model/errors/protocol-error.js';
import type { AcmeAccount } from '../request/account.js';
import { decode } from '../request/decode.js';
import type { AcmeResponse } from '../request/response.js';
import { postAsGet, signedPost } from './post-as-get.js';

/** Options of {@link respondToChallenge}. */
export interface RespondToChallengeOptions {
  /** The response object of the challenge's type. Default: `{}`, which most types want. */
  readonly payload?: object | undefined;
}

/**
 * Tells the server that a challenge can be validated now. Most servers refuse a second time; some leave a challenge
 * `pending` with an `error`, and try once more when they are told again.
 *
 * Emits once: the challenge as the server returned it, which may be settled already; then completes. When the answer
 * is lost or a server's failure and `authorizationUrl` is known, the authorization is read: the challenge in it is the
 * answer if validation has begun, else the request is sent again.
 *
 * Errors: {@link AcmeProblemError} (`malformed` where it was answered before, `unauthorized`);
 * {@link AcmeProtocolError} if the reply is not a challenge, or another one; {@link AcmeTransportError}. Cost: one POST, one nonce.
 * Throws `TypeError` if the challenge has no absolute URL.
 *
 * @see RFC 8555 §7.5.1
 */
export function respondToChallenge(
  account: AcmeAccount,
  challenge: Pick<Challenge, 'url' | 'authorizationUrl'> & Partial<Challenge>,
  { payload = {} }: RespondToChallengeOptions = {},
): Observable<Challenge> {
  const { url, authorizationUrl } = challenge;
  const response$ =
    authorizationUrl === undefined
      ? signedPost(account, url, payload)
      : signedPost(account, url, payload, () => begun(account, url, authorizationUrl));
  return response$.pipe(
    map((response) => ({ ...response, url })),
    decode(decodeChallenge),
    map((answered) => {
      const { type = answered.type } = challenge;
      if (answered.url === url && answered.type === type) return defined({ authorizationUrl, ...answered });
      throw protocolFault(url, `the server answered with another challenge, ${answered.url}`);
    }),
  );
}

/**
 * Emits the challenge, as an answer, where its validation has begun. The challenge itself is not asked: at some
 * servers any POST there starts validation.
 */
const begun = (
  account: AcmeAccount,
  challengeUrl: string,
  authorizationUrl: string,
): Observable<AcmeResponse | undefined> =>
  postAsGet(account, authorizationUrl).pipe(
    map((response) => {
      const { challenges } = decodeAuthorization({ ...response, raw: parseJson(response.body, authorizationUrl) });
      const found = challenges.find(({ url, status }) => url === challengeUrl && status !== 'pending');
      return found && { ...response, body: encodeUtf8(JSON.stringify(found.raw)) };
    }),
  );
