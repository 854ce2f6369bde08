import { map, type Observable } from 'rxjs';
import { decodeOrder } from '../codec/decode-order.js';
import { toIdentifiers } from '../codec/identifier.js';
import type { IdentifierInput } from '../model/identifier.js';
import { isOrderSettled, type Order } from '../model/order.js';
import type { AcmeAccount } from '../request/account.js';
import { decode } from '../request/decode.js';
import { getDirectory } from '../request/get-directory.js';
import { located } from '../request/response.js';
import { signedRequest } from '../request/signed-request.js';
import type { PollPace } from '../rx/poll-until.js';
import { polled } from './poll.js';
import { postAsGet } from './post-as-get.js';

/** Options of {@link newOrder}. */
export interface NewOrderOptions {
  /** Host names and IP addresses. Names are converted to lower-case A-labels; `*.` in front asks for a wildcard. */
  readonly identifiers: readonly IdentifierInput[];
}

/**
 * Orders a certificate.
 *
 * Emits once: the order, `url` being where to find it again; then completes. Servers may answer with an order that
 * they already have. Cold: each subscription orders again.
 *
 * Errors: {@link AcmeProblemError} (`rejectedIdentifier`, `unsupportedIdentifier`, `malformed`; `subproblems` name
 * the identifiers); {@link AcmeRateLimitedError}; {@link AcmeProtocolError} if the reply is not an order;
 * {@link AcmeTransportError}. Cost: one POST, one nonce (plus directory and newNonce where the session has none).
 * Throws `TypeError` on an identifier that cannot be one; the message names it.
 *
 * @see RFC 8555 §7.4
 */
export function newOrder(account: AcmeAccount, options: NewOrderOptions): Observable<Order> {
  const payload = { identifiers: toIdentifiers(options.identifiers) };
  return getDirectory(account.session).pipe(
    map(({ newOrder: url }) => ({ url, payload, recovery: 'repeat' }) as const),
    signedRequest(account),
    map((response) => located(response, 'order')),
    decode(decodeOrder),
  );
}

/**
 * Reads an order.
 *
 * Emits once, then completes. Errors: {@link AcmeProblemError}; {@link AcmeProtocolError} if the reply is not an
 * order; {@link AcmeTransportError}. Cost: one POST, one nonce.
 *
 * @see RFC 8555 §7.4, §6.3
 */
export const getOrder = (account: AcmeAccount, url: string): Observable<Order> =>
  postAsGet(account, url).pipe(decode(decodeOrder));

/**
 * Reads an order until the server has nothing more to do: until it is neither `pending` nor `processing`.
 *
 * Emits every look, then completes with the settled one. Errors: {@link AcmeTimeoutError} with the last look;
 * those of {@link getOrder}. Cost: one POST and one nonce per look, at the pace of {@link pollUntil}. Throws `TypeError`
 * on a pace that is not made of numbers.
 *
 * @param pace How fast, and for how long. Default: five minutes at most.
 * @see RFC 8555 §7.4
 */
export const pollOrder = (account: AcmeAccount, url: string, pace?: PollPace): Observable<Order> =>
  polled(account, () => getOrder(account, url), isOrderSettled, 'the order', pace);
