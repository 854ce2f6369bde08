import type { Identifier } from './identifier.js';
import type { ProblemDocument } from './problem.js';
import type { Retrieved } from './retrieved.js';

/**
 * How far an order can have come; servers may know more. `canceled`: its automatic renewal was ended.
 *
 * @see RFC 8555 §7.1.6, RFC 8739 §3.1.2
 */
export type OrderStatus = 'pending' | 'ready' | 'processing' | 'valid' | 'invalid' | 'canceled' | (string & {});

/**
 * A request for one certificate, from its identifiers to its issuance.
 *
 * @see RFC 8555 §7.1.3
 */
export interface Order extends Retrieved {
  /** How far it has come. */
  readonly status: OrderStatus;
  /** When the server forgets the order. Not when the certificate expires. */
  readonly expiresAt?: Date;
  /** A set: servers reorder, lower-case and merge them. */
  readonly identifiers: readonly Identifier[];
  /** From when on the certificate was asked to be valid. */
  readonly notBeforeAt?: Date;
  /** Until when the certificate was asked to be valid. */
  readonly notAfterAt?: Date;
  /** The profile that the server uses. It may have chosen one where none was asked for. */
  readonly profile?: string;
  /** The certificate identifier of the certificate that it replaces, where the server takes note of that. */
  readonly replaces?: string;
  /** Why the order is invalid. */
  readonly error?: ProblemDocument;
  /** URLs of the authorizations. A set; need not be as many as the identifiers. */
  readonly authorizations: readonly string[];
  /** Where the CSR goes. */
  readonly finalize: string;
  /** URL of the certificate, once the order is valid; of the current one, where the server renews it by itself (RFC 8739). */
  readonly certificate?: string;
}

/** Whether the server has nothing more to do before the client moves: no longer `pending`, not `processing`. */
export const isOrderSettled = ({ status }: Pick<Order, 'status'>): boolean =>
  status !== 'pending' && status !== 'processing';
