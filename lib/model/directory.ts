import type { AutoRenewalOffer } from './auto-renewal.js';
import type { Retrieved } from './retrieved.js';

/**
 * What a server says about itself.
 *
 * @see RFC 8555 §7.1.1
 */
export interface DirectoryMeta {
  /** URL of the terms of service. May be any URL, not only an `https:` one. */
  readonly termsOfService?: string;
  /** A page about the server. */
  readonly website?: string;
  /** Names to use as issuer domain in CAA records. */
  readonly caaIdentities: readonly string[];
  /** Whether a new account must be bound to an external one. */
  readonly externalAccountRequired: boolean;
  /** Certificate profiles on offer: name to description or URL. */
  readonly profiles: Readonly<Record<string, string>>;
}

/** What a directory says of extensions of the protocol: `readDirectoryExtensions` reads it. */
export interface DirectoryExtensions {
  /** What is offered of automatic renewal, RFC 8739. Absent: nothing. */
  readonly autoRenewal?: AutoRenewalOffer;
  /** Whether certificates can be ordered for delegated names, RFC 9115. */
  readonly delegationEnabled?: boolean;
  /** Whether orders without automatic renewal may allow GET of the certificate without a signature, RFC 9115 §2.4. */
  readonly allowCertificateGet?: boolean;
  /** Whether the authorization of a domain can stand for its subdomains, RFC 9444. */
  readonly subdomainAuthAllowed?: boolean;
  /** Whether CAA records of onion services must come with the order, RFC 9799. */
  readonly onionCaaRequired?: boolean;
}

/**
 * The URLs of a server's operations. Absent ones are not offered.
 *
 * @see RFC 8555 §7.1.1
 */
export interface Directory extends Retrieved {
  /** Where nonces come from. */
  readonly newNonce: string;
  /** Where accounts are made and found. */
  readonly newAccount: string;
  /** Where certificates are ordered. */
  readonly newOrder: string;
  /** Where authorizations are asked for ahead of an order. */
  readonly newAuthz?: string;
  /** Where certificates are revoked. */
  readonly revokeCert?: string;
  /** Where account keys are changed. */
  readonly keyChange?: string;
  /** Where to ask when to renew, RFC 9773. */
  readonly renewalInfo?: string;
  /** What the server says about itself. */
  readonly meta: DirectoryMeta;
}
