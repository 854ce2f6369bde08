import type { ObservableInput } from 'rxjs';
import type { AcmeDigest, CertificateRequestDetails, PublicJwk } from '../../model/ports.js';
import type { Identifier } from '../../model/identifier.js';
import type { AccountRecord, AuthorizationRecord, ChallengeRecord, OrderRecord } from './records.js';
import type { ProblemInit } from './refusal.js';
import type { Reply } from './reply.js';
import type { Store } from './store.js';

/** The operations of a server, by the names under which they are scripted and counted. */
export type OperationName =
  | 'directory'
  | 'newNonce'
  | 'newAccount'
  | 'account'
  | 'orders'
  | 'newOrder'
  | 'order'
  | 'authorization'
  | 'challenge'
  | 'finalize'
  | 'certificate'
  | 'revokeCert'
  | (string & {});

/** One request, after everything has been checked that is the same for all. */
export interface Call {
  readonly url: string;
  /** The last part of the URL's path: which of the resources. */
  readonly id: string;
  /** Undefined for POST-as-GET and for GET. */
  readonly payload: Readonly<Record<string, unknown>> | undefined;
  /** Who signed, where an account did. */
  readonly account: AccountRecord | undefined;
  /** The key in the request, where there is one instead of an account. */
  readonly jwk: PublicJwk | undefined;
}

/** One operation of a server. A new one is another entry of the table, and nothing else. */
export interface Operation {
  readonly name: OperationName;
  /** The first part of its URLs' path. */
  readonly path: string;
  /** Its member in the directory, where it has one. */
  readonly directoryMember?: string;
  /** Who must sign. `none`: it is a GET. */
  readonly signedBy: 'none' | 'key' | 'account' | 'either';
  handle(ca: CaCore, call: Call): ObservableInput<Reply>;
}

/** What an issuer makes of an order that is finalized. */
export interface IssuedCertificate {
  readonly der: Uint8Array;
  /** PEM: the default chain first, then the alternates. */
  readonly chains: readonly string[];
}

/** What an operation works with. */
export interface CaCore {
  readonly store: Store;
  readonly settings: CaSettings;
  readonly operations: readonly Operation[];
  now(): Date;
  thumbprint(jwk: PublicJwk): ObservableInput<string>;
  /** Does work that nobody waits for. What it errors with is an internal error of the server. */
  background(work: ObservableInput<unknown>): void;
}

/** How a server decides. Everything may be asynchronous; nothing has to be. */
export interface CaSettings {
  readonly digest: AcmeDigest;
  /** Whether a signature is right. */
  verify(alg: string, jwk: PublicJwk, input: Uint8Array, signature: Uint8Array): ObservableInput<boolean>;
  /** The challenges that are offered for an identifier, the type and what else is in them. */
  challenges(
    identifier: Identifier,
    wildcard: boolean,
  ): readonly { readonly type: string; readonly token?: string; readonly more?: object }[];
  /** Emits what is wrong, or `undefined` where control is proven. */
  validate(challenge: ChallengeRecord, keyAuthorization: string): ObservableInput<ProblemInit | undefined>;
  readRequest(csr: Uint8Array): ObservableInput<CertificateRequestDetails>;
  issue(order: OrderRecord, request: CertificateRequestDetails): ObservableInput<IssuedCertificate>;
  /** An authorization that the account has already and that is used again. */
  reuse(account: AccountRecord, identifier: Identifier, wildcard: boolean): AuthorizationRecord | undefined;
  /** An order that the account has already and that newOrder answers with. Without it, every order is new. */
  reuseOrder?(account: AccountRecord, identifiers: readonly Identifier[]): OrderRecord | undefined;
  /** What is wrong with an identifier that this server does not issue for. */
  refuseIdentifier(identifier: Identifier): ProblemInit | undefined;
  /** Whether the answer to a challenge waits for the outcome. Else it says `processing`. */
  readonly validationInAnswer: boolean;
  /** The same for the answer to finalize. */
  readonly issuanceInAnswer: boolean;
  /** The `Retry-After` of resources that are being worked on. */
  readonly retryAfter: string | undefined;
  /** MAC keys of external accounts, base64url, by key identifier. */
  readonly externalAccounts: Readonly<Record<string, string>>;
  readonly externalAccountRequired: boolean;
  readonly meta: object;
}
