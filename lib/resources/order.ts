import { concatMap, map, type Observable } from 'rxjs';
import { encodeBase64url } from '../codec/base64url.js';
import { decodeOrder } from '../codec/decode-order.js';
import { toIdentifiers } from '../codec/identifier.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { IdentifierInput } from '../model/identifier.js';
import { isOrderSettled, type Order } from '../model/order.js';
import type { AcmeAccount } from '../request/account.js';
import { decode } from '../request/decode.js';
import { getDirectory } from '../request/get-directory.js';
import { callPort } from '../request/port.js';
import { signedRequest } from '../request/signed-request.js';
import { pollUntil, type PollPace } from '../rx/poll-until.js';
import { isSameKey, looksLikeDer } from '../x509/public-key.js';
import { located } from './account.js';
import { pollPorts } from './poll.js';
import { postAsGet, signedPost } from './post-as-get.js';

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
 * {@link AcmeTransportError}. Cost: one POST, one nonce. Throws `TypeError` on an identifier that cannot be one; the
 * message names it.
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
 * those of {@link getOrder}. Cost: one POST and one nonce per look, at the pace of {@link pollUntil}.
 *
 * @param pace How fast, and for how long. Default: five minutes at most.
 * @see RFC 8555 §7.4
 */
export const pollOrder = (account: AcmeAccount, url: string, pace?: PollPace): Observable<Order> =>
  getOrder(account, url).pipe(
    pollUntil({
      ...pollPorts<Order>(account.session, 'the order', pace),
      read: () => getOrder(account, url),
      settled: isOrderSettled,
      select: (look) => look,
    }),
  );

/** Options of {@link finalizeOrder}. */
export interface FinalizeOrderOptions {
  /** PKCS#10 in DER, not PEM. Its names must be the order's identifiers. */
  readonly csr: Uint8Array;
}

/**
 * Sends the CSR of an order to its finalize URL.
 *
 * Emits once: the order as the server returned it, usually `processing`; then completes. Cold: each subscription
 * finalizes again. When the answer is lost, the order is read instead and emitted as it is found.
 *
 * Errors: {@link AcmeInputError} if `csr` is not a request or holds the account's key, before anything is sent;
 * {@link AcmeProblemError} (`badCSR`, `orderNotReady`); {@link AcmeProtocolError} if the reply is not an order;
 * {@link AcmeTransportError}. Cost: one POST, one nonce. Throws `TypeError` if `csr` is not DER.
 *
 * @see RFC 8555 §7.4, §11.1
 */
export function finalizeOrder(
  account: AcmeAccount,
  order: Pick<Order, 'url' | 'finalize'>,
  { csr }: FinalizeOrderOptions,
): Observable<Order> {
  if (!looksLikeDer(csr))
    throw new TypeError('finalizeOrder: csr must be the DER bytes of a PKCS#10 request, not PEM or text');
  const { certificateReader } = account.session.state;
  return callPort('certificateReader', () => certificateReader.readRequest(csr)).pipe(
    map(({ publicKey }) => {
      refuseAccountKey(account, publicKey);
    }),
    concatMap(() => postFinalize(account, order, csr)),
  );
}

/** Throws {@link AcmeInputError} where a certificate's key is the account's. */
export function refuseAccountKey({ signer }: AcmeAccount, publicKey: Uint8Array): void {
  if (!isSameKey(publicKey, signer.publicJwk)) return;
  throw new AcmeInputError('the certificate key is the account key, which RFC 8555 §11.1 forbids; use another key');
}

/** {@link finalizeOrder} for a CSR that is known to be good. */
export const postFinalize = (
  account: AcmeAccount,
  { url, finalize }: Pick<Order, 'url' | 'finalize'>,
  csr: Uint8Array,
): Observable<Order> =>
  signedPost(account, finalize, { csr: encodeBase64url(csr) }, () => postAsGet(account, url)).pipe(
    map((response) => ({ ...response, url })),
    decode(decodeOrder),
  );
