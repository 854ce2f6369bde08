import type { SchedulerLike, TimestampProvider } from 'rxjs';
import type { Identifier } from '../model/identifier.js';
import type { OperationName } from './ca/operation.js';
import type { ProblemInit } from './ca/refusal.js';
import type { RecordingSolver } from './recording-solver.js';

/** What a validation is about. */
export interface Validated {
  readonly identifier: Identifier;
  readonly wildcard: boolean;
  readonly type: string;
  readonly token: string | undefined;
  readonly keyAuthorization: string;
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
  /** Scheme and host of its URLs. Default: `https://ca.test`. */
  readonly origin?: string | undefined;
  /** How long an answer takes, in milliseconds, for all operations or by operation. Default: 0, synchronous. */
  readonly latencyMs?: number | Readonly<Partial<Record<OperationName, number>>> | undefined;
  /** Refuses the nonce of every n-th signed request. */
  readonly badNonceEvery?: number | undefined;
  readonly validation?: Processing<Validated> | undefined;
  readonly issuance?: Processing<readonly Identifier[]> | undefined;
  /** Validation succeeds only while this solver presents the right answer. */
  readonly solver?: RecordingSolver | undefined;
  /** The challenge types on offer. Default: `http-01`, `dns-01`, `tls-alpn-01` as the identifier allows, one of an unknown type, and one without a token. */
  readonly challengeTypes?: ((identifier: Identifier, wildcard: boolean) => readonly string[]) | undefined;
  /** Whether a new order uses valid authorizations of the account again. Default: false. */
  readonly reuseAuthorizations?: boolean | undefined;
  /** Whether newOrder answers with an order of the account for the same identifiers, unless that is invalid. Default: false. */
  readonly reuseOrders?: boolean | undefined;
  /** The `Retry-After` of what is being worked on, in either form. */
  readonly retryAfter?: string | undefined;
  /** Lists come in another order at each look, as some servers have them. Default: false. */
  readonly shuffle?: boolean | undefined;
  /** Every object has members that nobody knows. Default: false. */
  readonly unknownMembers?: boolean | undefined;
  /** What is wrong with an identifier that this CA does not issue for. */
  readonly refuseIdentifier?: (identifier: Identifier) => ProblemInit | undefined;
  /** The names of the roots; each but the first makes an alternate chain. Real requests get real certificates, whose roots have names of their own. Default: one. */
  readonly roots?: readonly string[] | undefined;
  /** How long certificates are valid, in milliseconds. Default: 90 days. */
  readonly lifetimeMs?: number | undefined;
  /** URL of the terms of service; with it, accounts must agree. */
  readonly termsOfService?: string | undefined;
  /** MAC keys of external accounts, base64url, by key identifier. */
  readonly externalAccounts?: Readonly<Record<string, string>> | undefined;
  readonly externalAccountRequired?: boolean | undefined;
  /** More members of the directory's `meta`. */
  readonly meta?: object | undefined;
  /** How many requests the history keeps. Default: 10 000. */
  readonly historyLimit?: number | undefined;
}
