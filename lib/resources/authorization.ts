import type { Observable } from 'rxjs';
import { decodeAuthorization } from '../codec/decode-authorization.js';
import { type Authorization, isAuthorizationSettled } from '../model/authorization.js';
import type { AcmeAccount } from '../request/account.js';
import { decode } from '../request/decode.js';
import type { PollPace } from '../rx/poll-until.js';
import { polled } from './poll.js';
import { postAsGet } from './post-as-get.js';
import { sameAuthorization } from './same-authorization.js';

/**
 * Reads an authorization.
 *
 * Emits once, then completes. Errors: {@link AcmeProblemError}; {@link AcmeProtocolError} if the reply is not an
 * authorization; {@link AcmeTransportError}. Cost: one POST, one nonce.
 *
 * @see RFC 8555 §7.5
 */
export const getAuthorization = (account: AcmeAccount, url: string): Observable<Authorization> =>
  postAsGet(account, url).pipe(decode(decodeAuthorization));

/**
 * Reads an authorization until it is no longer pending. To bring an order forward, read the order instead: that is
 * one look for all of its names.
 *
 * Emits every look, then completes with the settled one, whichever status that has. Errors:
 * {@link AcmeTimeoutError} with the last look; {@link AcmeProtocolError} where its identifier changes; those of
 * {@link getAuthorization}. Cost: one POST and one nonce per look, at the pace of {@link pollUntil}. Throws `TypeError` on a pace that is not made of numbers.
 *
 * @param pace How fast, and for how long. Default: five minutes at most.
 * @see RFC 8555 §7.5.1
 */
export const pollAuthorization = (account: AcmeAccount, url: string, pace?: PollPace): Observable<Authorization> =>
  polled(
    account,
    () => getAuthorization(account, url),
    sameAuthorization,
    isAuthorizationSettled,
    'the authorization',
    pace,
  );
