import { AcmeError, type AcmeErrorDetails } from './acme-error.js';

/** Why the DNS did not do what it was asked to. */
export type DnsFailure =
  /** NXDOMAIN. */
  | 'no-such-name'
  /** SERVFAIL. */
  | 'server-failure'
  /** REFUSED. */
  | 'refused'
  /** The server has no such zone, or nobody to sign for it. */
  | 'not-authoritative'
  /** The server does not know the key, or not with this algorithm. */
  | 'bad-key'
  /** A signature does not verify: the secrets differ. */
  | 'bad-signature'
  /** The clocks differ. */
  | 'bad-time'
  /** Nothing came back in time. */
  | 'no-answer'
  /** There is no way from here to there. */
  | 'unreachable'
  /** What came back is not what it must be. */
  | 'malformed'
  /** Aliases lead in a circle, or too far. */
  | 'alias-loop'
  /** Any other refusal; the message has its name. */
  | 'other';

/** What an error of the DNS knows beside its message. */
export interface DnsErrorDetails extends Pick<AcmeErrorDetails, 'url'> {
  /** The server that it comes from. */
  readonly server?: string | undefined;
  /** How long resolvers may remember that there is nothing, in milliseconds. */
  readonly rememberedMs?: number | undefined;
  /** What it was caused by, such as the error of a socket. */
  readonly cause?: unknown;
}

/** A name server refused, failed, or answered with what cannot be used. `failure` says how. */
export class AcmeDnsError extends AcmeError {
  /** @internal */
  static override readonly brandName = 'AcmeDnsError';
  override readonly code = 'dns';
  /** The server that it comes from. */
  declare readonly server?: string;
  /** How long resolvers may remember that there is nothing, in milliseconds, RFC 2308. */
  declare readonly rememberedMs?: number;

  constructor(
    readonly failure: DnsFailure,
    message: string,
    { server, rememberedMs, ...details }: DnsErrorDetails = {},
  ) {
    super(message, details);
    for (const [name, value] of Object.entries({ server, rememberedMs })) {
      if (value !== undefined) Object.defineProperty(this, name, { value, enumerable: true });
    }
  }
}
