import type { Retrieved } from './retrieved.js';

/**
 * What an account can be; servers may know more.
 *
 * @see RFC 8555 §7.1.6
 */
export type AccountStatus = 'valid' | 'deactivated' | 'revoked' | (string & {});

/**
 * An account as the server describes it.
 *
 * @see RFC 8555 §7.1.2
 */
export interface Account extends Retrieved {
  /** How far it has come: `valid` until somebody ends it. */
  readonly status: AccountStatus;
  /** Contact URLs, such as `mailto:admin@example.org`. Servers may keep none. */
  readonly contacts: readonly string[];
  /** Whether the terms of service were agreed to, where the server says so. */
  readonly termsOfServiceAgreed?: boolean;
  /** URL of the account's list of orders. Many servers have none. */
  readonly orders?: string;
}
