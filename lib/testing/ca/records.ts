import type { Identifier } from '../../model/identifier.js';
import type { CsrTemplate } from '../../model/delegation.js';
import type { CertificateRequestDetails, PublicJwk } from '../../model/ports.js';
import type { AskedValidity } from './asked-validity.js';
import type { ProblemInit } from './refusal.js';

/** An account, as the server keeps it. */
export interface AccountRecord {
  readonly id: string;
  readonly url: string;
  jwk: PublicJwk;
  thumbprint: string;
  status: string;
  contact: readonly string[];
  termsOfServiceAgreed: boolean;
  externalAccountBinding?: object;
  readonly orders: OrderRecord[];
  /** The authorizations that were asked for ahead of any order. */
  readonly preAuthorizations: AuthorizationRecord[];
}

/** One challenge. */
export interface ChallengeRecord {
  readonly id: string;
  readonly url: string;
  readonly type: string;
  readonly token?: string;
  /** Members beyond the usual ones. */
  readonly more?: object;
  readonly authorization: AuthorizationRecord;
  status: string;
  /** The object that it was answered with. */
  response?: Readonly<Record<string, unknown>>;
  validatedAt?: Date;
  error?: ProblemInit;
}

/** One authorization. */
export interface AuthorizationRecord {
  readonly id: string;
  readonly url: string;
  readonly account: AccountRecord;
  readonly identifier: Identifier;
  readonly wildcard: boolean;
  readonly expiresAt: Date;
  challenges: ChallengeRecord[];
  status: string;
  /** How many orders it belongs to. */
  orders: number;
  /** Whether it is good for the subdomains of its identifier too. */
  subdomains?: boolean;
}

/** How the certificates of an order follow one another. */
export interface AutoRenewalRecord {
  readonly startAt: Date | undefined;
  readonly endAt: Date;
  readonly lifetimeMs: number;
  readonly adjustMs: number;
  /** When the first one is due. Set when the order is finalized. */
  firstAt?: Date;
  /** Which of them is there, from 0. */
  index: number;
}

/** One order. */
export interface OrderRecord {
  readonly id: string;
  readonly url: string;
  readonly finalizeUrl: string;
  readonly account: AccountRecord;
  readonly identifiers: readonly Identifier[];
  readonly authorizations: readonly AuthorizationRecord[];
  readonly expiresAt: Date;
  /** Members of newOrder's payload that the order repeats. */
  readonly echoed: object;
  /** What newOrder said of the certificate's validity. */
  readonly validity: AskedValidity;
  /** How its certificates follow one another, where the server renews them by itself. */
  readonly renewal?: AutoRenewalRecord;
  /** What its CSR has to look like, where the names are delegated. */
  readonly template?: CsrTemplate;
  /** Whether its certificate is given away without a signature. */
  readonly allowsGet?: boolean;
  /** `processing`, `valid`, `invalid` or `canceled` once that is so; until then the authorizations decide. */
  settled?: string;
  error?: ProblemInit;
  certificate?: CertificateRecord;
}

/** One certificate, as every chain that there is for it. */
export interface CertificateRecord {
  readonly id: string;
  readonly url: string;
  readonly order: OrderRecord;
  /** The leaf, DER. */
  readonly der: Uint8Array;
  /** The DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** PEM: the default chain first, then the alternates. */
  readonly chains: readonly string[];
  /** What is issued for again, where the server renews it by itself. */
  readonly request?: CertificateRequestDetails;
  /** Its dates, where newOrder has said something of them. */
  readonly validity?: AskedValidity;
  revoked?: { readonly reason: number; readonly at: Date };
}

/**
 * How far an order has come.
 *
 * @see RFC 8555 §7.1.6
 */
export function orderStatus({ settled, authorizations, expiresAt }: OrderRecord, now: Date): string {
  if (settled !== undefined) return settled;
  const statuses = authorizations.map((each) => authorizationStatus(each, now));
  if (expiresAt <= now || statuses.some((status) => status !== 'pending' && status !== 'valid')) return 'invalid';
  return statuses.every((status) => status === 'valid') ? 'ready' : 'pending';
}

/** What has become of an authorization, time included. */
export const authorizationStatus = ({ status, expiresAt }: AuthorizationRecord, now: Date): string =>
  (status === 'pending' || status === 'valid') && expiresAt <= now ? 'expired' : status;
