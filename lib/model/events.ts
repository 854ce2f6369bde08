import type { AuthorizationStatus } from './authorization.js';
import type { Certificate } from './certificate.js';
import type { ChallengeStatus } from './challenge.js';
import type { AcmeError } from './errors/acme-error.js';
import type { Identifier } from './identifier.js';
import type { OrderStatus } from './order.js';
import type { CertificateKey } from './ports.js';
import type { ProblemDocument } from './problem.js';

/** What every event carries. */
export interface EventBase<Type extends string> {
  readonly type: Type;
  /** By the session's clock. */
  readonly at: Date;
  readonly orderUrl: string;
}

/** What an event about one identifier carries. */
export interface IdentifierEventBase<Type extends string> extends EventBase<Type> {
  readonly identifier: Identifier;
  /** Whether it is about `*.` of the identifier. */
  readonly wildcard: boolean;
  /** The identifier as it was asked for: its value, with `*.` in front for a wildcard. */
  readonly name: string;
}

/** The order exists: keep `orderUrl` to resume it. Also emitted first when an order is resumed. */
export interface OrderCreated extends EventBase<'order-created'> {
  readonly status: OrderStatus;
  readonly identifiers: readonly Identifier[];
  readonly expiresAt?: Date;
  /** True where the order was not made but taken up again. */
  readonly resumed: boolean;
}

/** This identifier has to be proven, by a challenge of this type. */
export interface AuthorizationPending extends IdentifierEventBase<'authorization-pending'> {
  readonly challengeType: string;
}

/** The solver has made its answer visible. */
export interface ChallengePresented extends IdentifierEventBase<'challenge-presented'> {
  readonly challengeType: string;
}

/** The server was told to look. */
export interface ChallengeAnswered extends IdentifierEventBase<'challenge-answered'> {
  readonly challengeType: string;
  readonly status: ChallengeStatus;
}

/** The order is not looked at before this: the server's wish where it has one. */
export interface Waiting extends EventBase<'waiting'> {
  readonly status: OrderStatus;
  readonly nextPollAt: Date;
}

/** A look at the order, and when the next one is due; without `nextPollAt` it was the last. */
export interface Polled extends EventBase<'polled'> {
  readonly status: OrderStatus;
  readonly nextPollAt?: Date;
}

/** The identifier is authorized or will not be. */
export interface AuthorizationSettled extends IdentifierEventBase<'authorization-settled'> {
  readonly status: AuthorizationStatus;
  readonly problem?: ProblemDocument;
}

/** All identifiers are authorized: the order can be finalized. */
export type OrderReady = EventBase<'order-ready'>;

/** The key store has the certificate's key. */
export type KeyStored = EventBase<'key-stored'>;

/** The server has the certificate signing request. */
export interface OrderFinalized extends EventBase<'order-finalized'> {
  readonly status: OrderStatus;
}

/** A solver could not withdraw what it had presented. The order goes on. */
export interface CleanUpFailed extends IdentifierEventBase<'clean-up-failed'> {
  readonly challengeType: string;
  readonly error: AcmeError;
}

/** The last event: the certificate and its key. */
export interface CertificateIssued extends EventBase<'certificate-issued'> {
  readonly certificate: Certificate;
  /** Absent where the request was signed elsewhere and came as a CSR. */
  readonly key?: CertificateKey;
}

/** What happens on the way to a certificate. The last one is {@link CertificateIssued}. */
export type IssuanceEvent =
  | OrderCreated
  | AuthorizationPending
  | ChallengePresented
  | ChallengeAnswered
  | Waiting
  | Polled
  | AuthorizationSettled
  | OrderReady
  | KeyStored
  | OrderFinalized
  | CleanUpFailed
  | CertificateIssued;
