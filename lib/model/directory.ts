import type { Retrieved } from './retrieved.js';

/**
 * What a server says about itself.
 *
 * @see RFC 8555 §7.1.1
 */
export interface DirectoryMeta {
  /** URL of the terms of service. May be any URL, not only an `https:` one. */
  readonly termsOfService?: string;
  readonly website?: string;
  /** Names to use as issuer domain in CAA records. */
  readonly caaIdentities: readonly string[];
  /** Whether a new account must be bound to an external one. */
  readonly externalAccountRequired: boolean;
  /** Certificate profiles on offer: name to description or URL. */
  readonly profiles: Readonly<Record<string, string>>;
}

/**
 * The URLs of a server's operations. Absent ones are not offered.
 *
 * @see RFC 8555 §7.1.1
 */
export interface Directory extends Retrieved {
  readonly newNonce: string;
  readonly newAccount: string;
  readonly newOrder: string;
  readonly newAuthz?: string;
  readonly revokeCert?: string;
  readonly keyChange?: string;
  readonly renewalInfo?: string;
  readonly meta: DirectoryMeta;
}
