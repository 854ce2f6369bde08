import type { Order } from '../order.js';
import { AcmeError, type AcmeErrorDetails } from './acme-error.js';

/**
 * An order cannot be brought to its certificate: the server gave it up, or what is needed to go on is missing here.
 * `order` is its last state. A new order is needed.
 *
 * @see RFC 8555 §7.1.6, §7.4
 */
export class AcmeOrderError extends AcmeError {
  /** @internal */
  static override readonly brandName = 'AcmeOrderError';
  override readonly code = 'order';

  constructor(
    message: string,
    readonly order: Order,
    details: AcmeErrorDetails = {},
  ) {
    super(message, details);
  }
}
