import { catchError, concatMap, map, type Observable, of, throwError } from 'rxjs';
import { decodeOrder } from '../codec/decode-order.js';
import { sameIdentifiers } from '../codec/identifier.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import { protocolFault } from '../model/errors/protocol-error.js';
import { valuesOf } from '../model/identifier.js';
import { isOrderSettled, type Order } from '../model/order.js';
import type { AcmeAccount } from '../request/account.js';
import { decode } from '../request/decode.js';
import { getDirectory } from '../request/get-directory.js';
import { located } from '../request/response.js';
import { signedRequest } from '../request/signed-request.js';
import type { PollPace } from '../rx/poll-until.js';
import { type NewOrderOptions, type NewOrderPayload, newOrderPayload } from './new-order-request.js';
import { polled } from './poll.js';
import { postAsGet } from './post-as-get.js';
import { sameOrder } from './same-order.js';

/**
 * Orders a certificate.
 *
 * Emits once: the order, `url` being where to find it again; then completes. Servers may answer with an order that
 * they already have. `profile` and `replaces` of the order are what the server made of them: it may use a profile that
 * nobody asked for, or take no note of what is replaced. Cold: each subscription orders again. When the answer is lost
 * or a server's failure, the order is asked for again: nothing says whether the first was made. Many servers answer with
 * that very order; at others it is left behind and expires.
 *
 * Errors: {@link AcmeUnsupportedError} for a profile that the server does not offer, or an extension, before anything
 * is sent; {@link AcmeProblemError} (`rejectedIdentifier`, `unsupportedIdentifier`, `malformed`, `invalidProfile`;
 * `subproblems` name the identifiers); {@link AcmeUserActionRequiredError}; {@link AcmeRateLimitedError};
 * {@link AcmeProtocolError} if the reply is not an order, or one for other identifiers or of another profile;
 * {@link AcmeTransportError}. Cost: one POST, one nonce (plus directory and newNonce where the session has none); one
 * more of each where an order with `replaces` is refused. Throws `TypeError` on an identifier that cannot be one, the
 * message names it, and on dates that cannot be.
 *
 * @see RFC 8555 §7.4, RFC 9773 §5
 */
export function newOrder(account: AcmeAccount, options: NewOrderOptions): Observable<Order> {
  const payloadFor = newOrderPayload(options, account.session.state.identifierTypes);
  return getDirectory(account.session).pipe(
    concatMap((directory) => {
      const payload = payloadFor(directory);
      const { replaces, ...others } = payload;
      const order$ = postOrder(account, directory.newOrder, payload);
      if (replaces === undefined) return order$;
      return order$.pipe(
        catchError((error: unknown) =>
          // A problem of another code is about the account, the nonce or the pace.
          error instanceof AcmeProblemError && error.code === 'problem'
            ? postOrder(account, directory.newOrder, others)
            : throwError(() => error),
        ),
      );
    }),
  );
}

const postOrder = (account: AcmeAccount, url: string, payload: NewOrderPayload): Observable<Order> =>
  of({ url, payload, recovery: 'repeat' } as const).pipe(
    signedRequest(account),
    map((response) => located(response, 'order')),
    decode(decodeOrder),
    map((order) => asAsked(order, payload)),
  );

/** What a server must refuse rather than change. */
function asAsked(order: Order, asked: NewOrderPayload): Order {
  const { url, identifiers, profile } = order;
  const fault = !sameIdentifiers(identifiers, asked.identifiers)
    ? `asked for ${valuesOf(asked.identifiers)}, the server made an order for ${valuesOf(identifiers)}`
    : profile !== undefined && asked.profile !== undefined && profile !== asked.profile
      ? `asked for the profile "${asked.profile}", the server made an order of the profile "${profile}"`
      : undefined;
  if (fault === undefined) return order;
  throw protocolFault(url, fault, { orderUrl: url });
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
 * {@link AcmeOrderError} where identifiers or authorizations change; those of {@link getOrder}. Cost: one POST and one nonce per look, at the pace of {@link pollUntil}. Throws `TypeError`
 * on a pace that is not made of numbers.
 *
 * @param pace How fast, and for how long. Default: five minutes at most.
 * @see RFC 8555 §7.4
 */
export const pollOrder = (account: AcmeAccount, url: string, pace?: PollPace): Observable<Order> =>
  polled(account, () => getOrder(account, url), sameOrder, isOrderSettled, 'the order', pace);
