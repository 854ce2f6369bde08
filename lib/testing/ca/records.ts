import type { Identifier } from '../../model/identifier.js';
import type { PublicJwk } from '../../model/ports.js';
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
  /** `processing`, `valid` or `invalid` once that is so; until then the authorizations decide. */
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
  revoked?: { readonly reason: number; readonly at: Date };
}

/**
 * How far an order has come.
 *
 * @see RFC 8555 §7.1.6
 */
export function orderStatus({ settled, authorizations }: OrderRecord): string {
  if (settled !== undefined) return settled;
  if (authorizations.some(({ status }) => status !== 'pending' && status !== 'valid')) return 'invalid';
  return authorizations.every(({ status }) => status === 'valid') ? 'ready' : 'pending';
}
