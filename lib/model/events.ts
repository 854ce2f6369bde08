import type { AuthorizationStatus } from './authorization.js';
import type { Certificate } from './certificate.js';
import type { ChallengeStatus } from './challenge.js';
import type { AcmeError } from './errors/acme-error.js';
import type { Identifier } from './identifier.js';
import type { OrderStatus } from './order.js';
import type { CertificateKey } from './ports.js';
import type { ProblemDocument, RefusedIdentifier } from './problem.js';

/** What every event carries. */
export interface EventBase<Type extends string> {
  /** What happened. */
  readonly type: Type;
  /** By the session's clock. */
  readonly at: Date;
  /** The order, to resume it by. */
  readonly orderUrl: string;
}

/** What an event about one identifier carries. */
export interface IdentifierEventBase<Type extends string> extends EventBase<Type> {
  /** Without `*.`, also for a wildcard. */
  readonly identifier: Identifier;
  /** Whether it is about `*.` of the identifier. */
  readonly wildcard: boolean;
  /** The identifier as it was asked for: its value, with `*.` in front for a wildcard. */
  readonly name: string;
}

/** The order exists: keep `orderUrl` to resume it. Also emitted first when an order is resumed. */
export interface OrderCreated extends EventBase<'order-created'> {
  /** How far the order had come. */
  readonly status: OrderStatus;
  /** As the server has them. */
  readonly identifiers: readonly Identifier[];
  /** When the server forgets the order. */
  readonly expiresAt?: Date;
  /** The profile that the server uses, as far as it says; not always one that was asked for. */
  readonly profile?: string;
  /** What the order replaces, as far as the server takes note of it: absent where it dropped what was asked. */
  readonly replaces?: string;
  /** True where the order was not made but taken up again. */
  readonly resumed: boolean;
}

/** The server refused some of the identifiers, and the order is for the others. */
export interface IdentifiersLeftOut extends EventBase<'identifiers-left-out'> {
  /** Each of them, as it was asked for, and why. */
  readonly leftOut: readonly RefusedIdentifier[];
}

/** This identifier has to be proven, by a challenge of this type. */
export interface AuthorizationPending extends IdentifierEventBase<'authorization-pending'> {
  /** Such as `http-01`. */
  readonly challengeType: string;
}

/** The solver has made its answer visible. */
export interface ChallengePresented extends IdentifierEventBase<'challenge-presented'> {
  /** Such as `http-01`. */
  readonly challengeType: string;
}

/** The solver says how far its answer has come: how many servers of the DNS show a record, say. */
export interface ProofProgress extends IdentifierEventBase<'proof-progress'> {
  /** Such as `dns-01`. */
  readonly challengeType: string;
  /**
   * What the solver's `ready` emitted, as plain data, tokens left out: {@link DnsPropagation} or {@link SelfCheckProgress},
   * say. `null` where it is none.
   */
  readonly progress: unknown;
}

/** The server was told to look. Once more for each time that it is told again, because it tried in vain and would try again. */
export interface ChallengeAnswered extends IdentifierEventBase<'challenge-answered'> {
  /** Such as `http-01`. */
  readonly challengeType: string;
  /** What the server made of it at once. */
  readonly status: ChallengeStatus;
  /** Why it failed, or failed this time; tokens left out. */
  readonly problem?: ProblemDocument;
}

/** The order is not looked at before this: the server's wish where it has one. */
export interface Waiting extends EventBase<'waiting'> {
  /** What the order was when it was last heard of. */
  readonly status: OrderStatus;
  /** When the first look is due. */
  readonly nextPollAt: Date;
}

/** A look at the order, and when the next one is due; without `nextPollAt` it was the last. */
export interface Polled extends EventBase<'polled'> {
  /** What the order is. */
  readonly status: OrderStatus;
  /** When the next look is due. */
  readonly nextPollAt?: Date;
}

/** The identifier is authorized or will not be. */
export interface AuthorizationSettled extends IdentifierEventBase<'authorization-settled'> {
  /** `valid`, or what became of it. */
  readonly status: AuthorizationStatus;
  /** Why it is not valid, tokens left out. */
  readonly problem?: ProblemDocument;
}

/** All identifiers are authorized: the order can be finalized. */
export type OrderReady = EventBase<'order-ready'>;

/** The key store has the certificate's key. */
export type KeyStored = EventBase<'key-stored'>;

/** The server has the certificate signing request. */
export interface OrderFinalized extends EventBase<'order-finalized'> {
  /** What the server made of it at once, usually `processing`. */
  readonly status: OrderStatus;
}

/** A solver could not withdraw what it had presented. The order goes on. */
export interface CleanUpFailed extends IdentifierEventBase<'clean-up-failed'> {
  /** Such as `http-01`. */
  readonly challengeType: string;
  /** Why. */
  readonly error: AcmeError;
}

/** The last event: the certificate and its key. */
export interface CertificateIssued extends EventBase<'certificate-issued'> {
  /** The chain as downloaded, and what its certificates say. */
  readonly certificate: Certificate;
  /** Absent where the request was signed elsewhere and came as a CSR. */
  readonly key?: CertificateKey;
}

/** An identifier could not be proven by one type of challenge. It is tried again by another, in a new order. */
export interface FellBack extends IdentifierEventBase<'fell-back'> {
  /** What failed, such as `http-01`. */
  readonly challengeType: string;
  /** What is left for it, best first, as far as the server offers it. */
  readonly nextTypes: readonly string[];
  /** Why it failed, in one line for a person. */
  readonly reason: string;
  /** What the server found. */
  readonly problem?: ProblemDocument;
}

/** What happens on the way to a certificate by {@link withFallback}. */
export type FallbackEvent = IssuanceEvent | FellBack;

/** What happens on the way to a certificate. The last one is {@link CertificateIssued}. */
export type IssuanceEvent =
  | OrderCreated
  | IdentifiersLeftOut
  | AuthorizationPending
  | ChallengePresented
  | ProofProgress
  | ChallengeAnswered
  | Waiting
  | Polled
  | AuthorizationSettled
  | OrderReady
  | KeyStored
  | OrderFinalized
  | CleanUpFailed
  | CertificateIssued;
