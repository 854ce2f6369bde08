import { sameIdentifiers, sameTexts } from '../codec/identifier.js';
import { AcmeOrderError } from '../model/errors/order-error.js';
import { protocolFault } from '../model/errors/protocol-error.js';
import type { Order } from '../model/order.js';

/**
 * An order as it is now. Throws {@link AcmeOrderError} where its identifiers or, before it is settled for good, its
 * authorizations are not those of an earlier look: such an order counts as invalid. Throws {@link AcmeProtocolError}
 * where it is another order altogether, to be finalized elsewhere.
 *
 * @see RFC 8555 §7.1.3
 */
export function sameOrder(before: Pick<Order, 'finalize'> & Partial<Order>, now: Order): Order {
  const { url, status, identifiers, authorizations } = now;
  if (now.finalize !== before.finalize) {
    throw protocolFault(url, `the server answered with another order, ${now.finalize}`);
  }
  const isFinal = status === 'valid' || status === 'invalid';
  if (
    sameIdentifiers(before.identifiers ?? identifiers, identifiers) &&
    (isFinal || sameTexts(before.authorizations ?? authorizations, authorizations))
  ) {
    return now;
  }
  throw new AcmeOrderError('the server changed what the order is for; make a new order', now, {
    url,
  });
}
