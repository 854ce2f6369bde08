import type { Challenge } from './challenge.js';
import type { Identifier } from './identifier.js';
import type { Retrieved } from './retrieved.js';

/**
 * What an authorization can be; servers may know more.
 *
 * @see RFC 8555 §7.1.6
 */
export type AuthorizationStatus =
  'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired' | 'revoked' | (string & {});

/**
 * A server's permission to issue for one identifier.
 *
 * @see RFC 8555 §7.1.4
 */
export interface Authorization extends Retrieved {
  /** Without `*.`, also where {@link wildcard} is true. */
  readonly identifier: Identifier;
  /** What it is: `pending` until it is proven or failed. */
  readonly status: AuthorizationStatus;
  /** When the server forgets it. */
  readonly expiresAt?: Date;
  /** In the server's order, which means nothing. */
  readonly challenges: readonly Challenge[];
  /** Whether it is for `*.` of the identifier. */
  readonly wildcard: boolean;
  /** Whether it is also good for the subdomains of the identifier, RFC 9444. */
  readonly subdomainAuthAllowed?: boolean;
}

/** Whether a look at an authorization in this status needs no other. Unknown statuses count as settled. */
export const isAuthorizationSettled = ({ status }: Pick<Authorization, 'status'>): boolean =>
  status !== 'pending' && status !== 'processing';
