import { map, type Observable } from 'rxjs';
import { decodeAuthorization } from '../codec/decode-authorization.js';
import { decodeChallenge } from '../codec/decode-challenge.js';
import { parseJson } from '../codec/json.js';
import { encodeUtf8 } from '../codec/utf8.js';
import type { Challenge } from '../model/challenge.js';
import type { AcmeAccount } from '../request/account.js';
import { decode } from '../request/decode.js';
import type { AcmeRequest } from '../request/signed-request.js';
import { postAsGet, signedPost } from './post-as-get.js';

/** Options of {@link respondToChallenge}. */
export interface RespondToChallengeOptions {
  /** The response object of the challenge's type. Default: `{}`, which most types want. */
  readonly payload?: object;
}

/**
 * Tells the server that a challenge can be validated now. Once: some servers refuse a second time.
 *
 * Emits once: the challenge as the server returned it, which may be settled already; then completes. When the answer
 * is lost, the authorization is read, and the challenge emitted if validation has begun.
 *
 * Errors: {@link AcmeProblemError} (`malformed` where it was answered before, `unauthorized`);
 * {@link AcmeProtocolError} if the reply is not a challenge; {@link AcmeTransportError}. Cost: one POST, one nonce.
 *
 * @see RFC 8555 §7.5.1
 */
export const respondToChallenge = (
  account: AcmeAccount,
  challenge: Pick<Challenge, 'url' | 'authorizationUrl'>,
  { payload = {} }: RespondToChallengeOptions = {},
): Observable<Challenge> =>
  signedPost(account, challenge.url, payload, recovery(account, challenge)).pipe(
    map((response) => ({ ...response, url: challenge.url })),
    decode(decodeChallenge),
    map((answered) => ({
      ...(challenge.authorizationUrl === undefined ? {} : { authorizationUrl: challenge.authorizationUrl }),
      ...answered,
    })),
  );

/** The challenge is not asked itself: at some servers any POST there starts validation. */
function recovery(
  account: AcmeAccount,
  { url, authorizationUrl }: Pick<Challenge, 'url' | 'authorizationUrl'>,
): AcmeRequest['recovery'] {
  if (authorizationUrl === undefined) return 'never';
  return (lost) =>
    postAsGet(account, authorizationUrl).pipe(
      map((response) => {
        const { challenges } = decodeAuthorization({ ...response, raw: parseJson(response.body, authorizationUrl) });
        const begun = challenges.find((each) => each.url === url && each.status !== 'pending');
        if (begun === undefined) throw lost;
        return { ...response, body: encodeUtf8(JSON.stringify(begun.raw)) };
      }),
    );
}
