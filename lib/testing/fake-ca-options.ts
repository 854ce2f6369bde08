import type { SchedulerLike, TimestampProvider } from 'rxjs';
import type { AutoRenewalOffer } from '../model/auto-renewal.js';
import type { Identifier } from '../model/identifier.js';
import type { OperationName } from './ca/operation.js';
import type { ProblemInit } from './ca/refusal.js';
import type { RenewalAnswer, RenewalSubject } from './ca/renewal-answer.js';
import type { RecordingSolver } from './recording-solver.js';

/** What a validation is about. */
export interface Validated {
  /** What is to be proven, without `*.`. */
  readonly identifier: Identifier;
  /** Whether it is about the wildcard of that name. */
  readonly wildcard: boolean;
  /** The type of the challenge, such as `dns-01`. */
  readonly type: string;
  /** Undefined for a type that has none. */
  readonly token: string | undefined;
  /** The token and the account key's thumbprint. */
  readonly keyAuthorization: string;
  /** The account key's, for types that make something else of it than a key authorization. */
  readonly thumbprint: string;
  /** The object that the challenge was answered with. */
  readonly response: Readonly<Record<string, unknown>>;
}

/** How long something takes, and how it ends. */
export interface Processing<About> {
  /** In milliseconds. Without it the answer waits for the outcome; with it the answer says `processing`, with 0 too. `Infinity`: for ever. */
  readonly delayMs?: number | undefined;
  /** What goes wrong; `undefined` for nothing. Default: nothing does. */
  readonly outcome?: (about: About) => ProblemInit | undefined;
}

/** Options of {@link fakeCa}. Left alone, everything is accepted and done at once. */
export interface FakeCaOptions {
  /** Every wait goes through it. Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** Default: the scheduler. */
  readonly clock?: TimestampProvider | undefined;
  /** Scheme, host and port of its URLs. Default: `https://ca.test`. */
  readonly origin?: string | undefined;
  /** How long an answer takes, in milliseconds, for all operations or by operation. Default: 0, synchronous. */
  readonly latencyMs?: number | Readonly<Partial<Record<OperationName, number>>> | undefined;
  /** Refuses the nonce of every n-th signed request. */
  readonly badNonceEvery?: number | undefined;
  /** How long a validation takes, and how it ends. Default: at once, well. */
  readonly validation?: Processing<Validated> | undefined;
  /** How long it takes to issue a certificate, and how it ends. Default: at once, well. */
  readonly issuance?: Processing<readonly Identifier[]> | undefined;
  /** Validation succeeds only where this solver presents the right answer, when it begins and when it ends. */
  readonly solver?: RecordingSolver | undefined;
  /** What a challenge is whose validation failed. `pending`, with the error, as some servers have it: then it can be answered again. Default: `invalid`. */
  readonly failedChallenges?: 'pending' | 'invalid' | undefined;
  /** Whether authorizations can be asked for ahead of an order. Default: false. */
  readonly preAuthorization?: boolean | undefined;
  /** Certificate profiles on offer: name to description. An order that names none gets the first. Default: none, and orders may name any. */
  readonly profiles?: Readonly<Record<string, string>> | undefined;
  /** The challenge types on offer. Default: `http-01`, `dns-01`, `tls-alpn-01` as the identifier allows, one of an unknown type, and one without a token. */
  readonly challengeTypes?: ((identifier: Identifier, wildcard: boolean) => readonly string[]) | undefined;
  /** More members of a challenge, those that its type has. Default: `issuer-domain-names` of `dns-persist-01`. */
  readonly challengeMembers?: ((type: string, identifier: Identifier, wildcard: boolean) => object) | undefined;
  /** Types of identifier beside `dns` and `ip` that certificates are issued for, such as `email`. Default: none. */
  readonly identifierTypes?: readonly string[] | undefined;
  /** Whether a new order uses valid authorizations of the account again. Default: false. */
  readonly reuseAuthorizations?: boolean | undefined;
  /** Whether newOrder answers with an order of the account for the same identifiers, unless that is invalid. Default: false. */
  readonly reuseOrders?: boolean | undefined;
  /** How long orders and authorizations can be worked on, in milliseconds; then they are `invalid` and `expired`. Default: 7 days. */
  readonly pendingMs?: number | undefined;
  /** The `Retry-After` of what is being worked on, in either form. */
  readonly retryAfter?: string | undefined;
  /** Lists come in another order at each look, as some servers have them. Default: false. */
  readonly shuffle?: boolean | undefined;
  /** Every object has members that nobody knows. Default: false. */
  readonly unknownMembers?: boolean | undefined;
  /** What is wrong with an identifier that this CA does not issue for. */
  readonly refuseIdentifier?: (identifier: Identifier) => ProblemInit | undefined;
  /** When a certificate is to be renewed, or why nothing is said of it. Default, also for `undefined`: around two thirds of its lifetime, half of one under ten days; at once where it was revoked. */
  readonly renewalInfo?: ((certificate: RenewalSubject) => RenewalAnswer | ProblemInit | undefined) | undefined;
  /** The names of the roots; each but the first makes an alternate chain. Real requests get real certificates, whose roots have names of their own. Default: one. */
  readonly roots?: readonly string[] | undefined;
  /** How long certificates are valid whose order does not say, in milliseconds. Default: 90 days. */
  readonly lifetimeMs?: number | undefined;
  /** URL of the terms of service; with it, accounts must agree. */
  readonly termsOfService?: string | undefined;
  /** MAC keys of external accounts, base64url, by key identifier. */
  readonly externalAccounts?: Readonly<Record<string, string>> | undefined;
  /** Whether new accounts must be bound to an external one. Default: false. */
  readonly externalAccountRequired?: boolean | undefined;
  /** How many entries a page of a list has. Default: 3. */
  readonly pageLength?: number | undefined;
  /** Whether lists come as bare arrays, as some servers send them. Default: false. */
  readonly bareLists?: boolean | undefined;
  /** What is offered of automatic renewal, RFC 8739. Default: nothing. */
  readonly autoRenewal?: Partial<AutoRenewalOffer> | undefined;
  /** What every account may obtain certificates for by delegation, as RFC 9115 §2.3.1.2 has it on the wire. Default: nothing. */
  readonly delegations?: readonly object[] | undefined;
  /** Whether the authorization of a domain can stand for its subdomains, RFC 9444. Default: false. */
  readonly subdomains?: boolean | undefined;
  /** More members of the directory's `meta`. */
  readonly meta?: object | undefined;
  /** How many requests the history keeps. Default: 10 000. */
  readonly historyLimit?: number | undefined;
}
