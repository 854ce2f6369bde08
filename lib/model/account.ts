import type { Retrieved } from './retrieved.js';

/**
 * What an account can be; servers may know more.
 *
 * @see RFC 8555 §7.1.6
 */
export type AccountStatus = 'valid' | 'deactivated' | 'revoked' | (string & {});

/**
 * What binds an account to one outside of ACME: a JWS, each part base64url.
 *
 * @see RFC 8555 §7.3.4
 */
export interface AccountBinding {
  /** The header; it names the external account. */
  readonly protected: string;
  /** The account's public key. */
  readonly payload: string;
  /** The MAC. */
  readonly signature: string;
}

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
  /** The binding to an external account. Servers repeat it only where they have checked it. */
  readonly externalAccountBinding?: AccountBinding;
  /** URL of the account's list of delegations, RFC 9115 §2.3.1.1. */
  readonly delegations?: string;
  /** When the account was made, where the server says so. No standard member. */
  readonly createdAt?: Date;
  /** From which address the account was made, where the server says so. No standard member. */
  readonly initialIp?: string;
}
