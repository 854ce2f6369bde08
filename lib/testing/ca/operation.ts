import type { Observable, ObservableInput } from 'rxjs';
import type { AcmeDigest, CertificateRequestDetails, PublicJwk } from '../../model/ports.js';
import type { AutoRenewalOffer } from '../../model/auto-renewal.js';
import type { Identifier } from '../../model/identifier.js';
import type { AccountRecord, ChallengeRecord, OrderRecord } from './records.js';
import type { ProblemInit } from './refusal.js';
import type { RenewalAnswer, RenewalSubject } from './renewal-answer.js';
import type { Reply } from './reply.js';
import type { Store } from './store.js';

/** The operations of a server, by the names under which they are scripted and counted. */
export type OperationName =
  | 'directory'
  | 'newNonce'
  | 'newAccount'
  | 'account'
  | 'keyChange'
  | 'delegations'
  | 'delegation'
  | 'orders'
  | 'newOrder'
  | 'newAuthz'
  | 'order'
  | 'authorization'
  | 'challenge'
  | 'finalize'
  | 'certificate'
  | 'sharedCertificate'
  | 'revokeCert'
  | 'renewalInfo'
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
  /** Whether its URLs end in an identifier, one for each resource. Default: it has one URL. */
  readonly byId?: true;
  /** Whether it only reads: it is asked by POST-as-GET, and a payload is refused. */
  readonly reads?: true;
  /** Who must sign. `none`: nobody, it is asked by GET; POST-as-GET is fine too, by an account or a key. */
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
  /**
   * Does work that goes on whatever becomes of the request. Emits once, when it is done, for whoever waits for it; an
   * error in it leaves the resource as it is, as a server does whose worker has died.
   */
  background(work: ObservableInput<unknown>): Observable<unknown>;
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
  /** Types of identifier beside `dns` and `ip` that certificates are issued for. Default: none. */
  readonly identifierTypes?: readonly string[];
  /** Emits what is wrong, or `undefined` where control is proven. */
  validate(challenge: ChallengeRecord, keyAuthorization: string): ObservableInput<ProblemInit | undefined>;
  readRequest(csr: Uint8Array): ObservableInput<CertificateRequestDetails>;
  issue(order: OrderRecord, request: CertificateRequestDetails): ObservableInput<IssuedCertificate>;
  /** Whether the nonce of this request is refused, though it is a good one. It is spent all the same. Default: never. */
  refusesNonce?(): boolean;
  /** What a challenge is whose validation failed: with `pending` it can be answered again. Default: `invalid`. */
  readonly failedChallenges?: 'pending' | 'invalid';
  /** Whether valid authorizations of the account are used again. */
  readonly reuseAuthorizations: boolean;
  /** How long orders and authorizations can be worked on, in milliseconds. */
  readonly pendingMs: number;
  /** An order that the account has already and that newOrder answers with. Without it, every order is new. */
  reuseOrder?(account: AccountRecord, identifiers: readonly Identifier[]): OrderRecord | undefined;
  /** What is wrong with an identifier that this server does not issue for. */
  refuseIdentifier(identifier: Identifier): ProblemInit | undefined;
  /** When a certificate is to be renewed, or why nothing is said of it. Default, also for `undefined`: the usual time. */
  renewalInfo?(certificate: RenewalSubject): RenewalAnswer | ProblemInit | undefined;
  /** Whether the answer to a challenge waits for the outcome. Else it says `processing`. */
  readonly validationInAnswer: boolean;
  /** The same for the answer to finalize. */
  readonly issuanceInAnswer: boolean;
  /** The `Retry-After` of resources that are being worked on. */
  readonly retryAfter: string | undefined;
  /** MAC keys of external accounts, base64url, by key identifier. */
  readonly externalAccounts: Readonly<Record<string, string>>;
  readonly externalAccountRequired: boolean;
  /** How many entries a page of a list has. Default: all of them. */
  readonly pageLength?: number;
  /** Whether lists come as bare arrays. Default: false. */
  readonly bareLists?: boolean;
  /** What is offered of automatic renewal. Default: nothing. */
  readonly autoRenewal?: AutoRenewalOffer | undefined;
  /** Delegations, as they go over the wire. Default: none. */
  readonly delegations?: readonly object[];
  /** Whether the authorization of a domain can stand for its subdomains. Default: false. */
  readonly subdomains?: boolean;
  readonly meta: object;
}
