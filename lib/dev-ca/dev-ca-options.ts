/** The challenge types that a development CA knows. */
export type ChallengeType = 'http-01' | 'dns-01' | 'tls-alpn-01';

/** Options of {@link startDevCa}. */
export interface DevCaOptions {
  /** The address to listen on. Default: `127.0.0.1`; whoever may connect to another one gets certificates. */
  readonly host?: string | undefined;
  /** Default: 0, a free one. */
  readonly port?: number | undefined;
  /** Host names and addresses of the server, besides those of loopback. The first of them stands in its URLs. */
  readonly serverNames?: readonly string[] | undefined;
  /** Where it looks for answers to `http-01`. Default: 80. */
  readonly httpPort?: number | undefined;
  /** Where it looks for answers to `tls-alpn-01`. Default: 443. */
  readonly tlsPort?: number | undefined;
  /** Name servers to ask, as addresses with or without a port. Default: those of the system. */
  readonly dnsServers?: readonly string[] | undefined;
  /**
   * Addresses by name or address, `*` being all others. What is not here is looked up. Default: everything is at
   * `127.0.0.1`, unless there are `dnsServers`.
   */
  readonly hosts?: Readonly<Record<string, string>> | undefined;
  /** Takes every answer to a challenge for a right one, without a look. Default: false. */
  readonly alwaysValid?: boolean | undefined;
  /** Default: all that it knows; wildcards get `dns-01` only, IP addresses the others. */
  readonly challengeTypes?: readonly ChallengeType[] | undefined;
  /** Names that are not issued for, nor what is below them. Default: none. */
  readonly refusedNames?: readonly string[] | undefined;
  /** Whether a new order uses valid authorizations of the account again. Default: false. */
  readonly reuseAuthorizations?: boolean | undefined;
  /** How long certificates are valid whose order does not say, in days, fractions allowed. Default: 90. */
  readonly validityDays?: number | undefined;
  /** How many alternate chains there are for each certificate. Default: 1. */
  readonly alternateRoots?: number | undefined;
  /** URL of the terms of service; with it, accounts must agree. */
  readonly termsOfService?: string | undefined;
  /** MAC keys of external accounts, base64url, by key identifier; with it, accounts must be bound to one. */
  readonly externalAccounts?: Readonly<Record<string, string>> | undefined;
  /** How likely the nonce of a request is refused, 0 to 1. Default: 0. */
  readonly badNonceRate?: number | undefined;
  /** How long it waits before it validates, in milliseconds. Default: 0. */
  readonly validationDelayMs?: number | undefined;
  /** How long a validation may take, in milliseconds. Default: 10 000. */
  readonly validationTimeoutMs?: number | undefined;
  /** Whether the answers to a challenge and to finalize wait for the outcome. Default: false, they say `processing`. */
  readonly outcomeInAnswer?: boolean | undefined;
  /** The `Retry-After` of what is being worked on, in milliseconds, rounded up to seconds. Default: none. */
  readonly retryAfterMs?: number | undefined;
}
