import type { Identifier } from './identifier.js';
import type { ProblemDocument } from './problem.js';
import type { Retrieved } from './retrieved.js';

/**
 * How far an order can have come; servers may know more.
 *
 * @see RFC 8555 §7.1.6
 */
export type OrderStatus = 'pending' | 'ready' | 'processing' | 'valid' | 'invalid' | (string & {});

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
  /** Why the order is invalid. */
  readonly error?: ProblemDocument;
  /** URLs of the authorizations. A set; need not be as many as the identifiers. */
  readonly authorizations: readonly string[];
  /** Where the CSR goes. */
  readonly finalize: string;
  /** URL of the certificate, once the order is valid. */
  readonly certificate?: string;
}

/** Whether the server has nothing more to do before the client moves: no longer `pending`, not `processing`. */
export const isOrderSettled = ({ status }: Pick<Order, 'status'>): boolean =>
  status !== 'pending' && status !== 'processing';
