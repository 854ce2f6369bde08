import { concatMap, map, type Observable } from 'rxjs';
import { encodeBase64url } from '../codec/base64url.js';
import { decodeOrder } from '../codec/decode-order.js';
import { parseJson } from '../codec/json.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { JsonObject } from '../model/json.js';
import type { Order } from '../model/order.js';
import type { AcmeAccount } from '../request/account.js';
import { decode } from '../request/decode.js';
import { callPort } from '../request/port.js';
import type { AcmeResponse } from '../request/response.js';
import { isSameKey, looksLikeDer } from '../x509/public-key.js';
import { postAsGet, signedPost } from './post-as-get.js';
import { sameOrder } from './same-order.js';

/** Options of {@link finalizeOrder}. */
export interface FinalizeOrderOptions {
  /** PKCS#10 in DER, not PEM. Its names must be the order's identifiers. */
  readonly csr: Uint8Array;
  /** What extensions of the protocol add to the request, such as `onionCAA`. Default: nothing. */
  readonly members?: JsonObject | undefined;
}

/** An order, or as much of it as is known. The answer is compared with that. */
export type FinalizableOrder = Pick<Order, 'url' | 'finalize'> & Partial<Order>;

/**
 * Sends the CSR of an order to its finalize URL.
 *
 * Emits once: the order as the server returned it, usually `processing`; then completes. Cold: each subscription
 * finalizes again. When the answer is lost or a server's failure, the order is read: it is the answer if it has moved,
 * else the CSR is sent again.
 *
 * Errors: {@link AcmeInputError} if `csr` is not a request or holds the account's key, before anything is sent;
 * {@link AcmeProblemError} (`badCSR`, after which the order is still ready; `orderNotReady`; `unauthorized`);
 * {@link AcmeProtocolError} if the reply is not an order, or another one; {@link AcmeOrderError} where the server
 * changed what the order is for;
 * {@link AcmeTransportError}; {@link AcmePortError} where the certificate reader fails. Cost: one POST, one nonce;
 * pkijs is loaded. Throws `TypeError` if `csr` is not DER.
 *
 * @see RFC 8555 §7.4, §11.1
 */
export function finalizeOrder(
  account: AcmeAccount,
  order: FinalizableOrder,
  { csr, members }: FinalizeOrderOptions,
): Observable<Order> {
  if (!(csr instanceof Uint8Array) || !looksLikeDer(csr)) {
    throw new TypeError('finalizeOrder: csr must be the DER bytes of a PKCS#10 request, not PEM or text');
  }
  const { certificateReader } = account.session.state;
  return callPort('certificateReader', () => certificateReader.readRequest(csr)).pipe(
    concatMap(({ publicKey }) => {
      refuseAccountKey(account, publicKey);
      return postFinalize(account, order, csr, members);
    }),
  );
}

/** Throws {@link AcmeInputError} where a certificate's key is the account's. */
export function refuseAccountKey({ signer }: AcmeAccount, publicKey: Uint8Array): void {
  if (!isSameKey(publicKey, signer.publicJwk)) return;
  throw new AcmeInputError('the certificate key must not be the account key (RFC 8555 §11.1)');
}

/** {@link finalizeOrder} for a CSR that is known to be good. */
export const postFinalize = (
  account: AcmeAccount,
  order: FinalizableOrder,
  csr: Uint8Array,
  members: JsonObject = {},
): Observable<Order> => {
  const { url, finalize } = order;
  return signedPost(account, finalize, { ...members, csr: encodeBase64url(csr) }, () => movedOn(account, url)).pipe(
    map((response) => ({ ...response, url })),
    decode(decodeOrder),
    map((now) => sameOrder(order, now)),
  );
};

/** Emits the order, as an answer, where it is no longer waiting to be finalized. */
const movedOn = (account: AcmeAccount, url: string): Observable<AcmeResponse | undefined> =>
  postAsGet(account, url).pipe(
    map((response) => {
      const { status } = decodeOrder({ ...response, raw: parseJson(response.body, url) });
      return status === 'ready' ? undefined : response;
    }),
  );
