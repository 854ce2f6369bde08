import type { Observable } from 'rxjs';
import { decodePem } from '../codec/pem.js';
import type { EventBase, IssuanceEvent } from '../model/events.js';
import type { Identifier } from '../model/identifier.js';
import type { CertificateKeyType } from '../model/key-type.js';
import type { Order } from '../model/order.js';
import type { CertificateKey, ChallengeSolver, KeyStore } from '../model/ports.js';
import type { AcmeAccount } from '../request/account.js';
import type { PollPace } from '../rx/poll-until.js';
import { looksLikeDer } from '../x509/public-key.js';

/** Options that obtaining and resuming share. */
export interface IssuanceOptions {
  /** In order of preference: the first that solves a challenge on offer is used. */
  readonly solvers: readonly ChallengeSolver[];
  /** The kind of key to make. Default: `P-256`. */
  readonly keyType?: CertificateKeyType;
  /** The certificate's key, instead of a new one. */
  readonly key?: CertificateKey;
  /** A PKCS#10 request signed elsewhere, PEM or DER, instead of a key. Its names must be the order's. */
  readonly csr?: string | Uint8Array;
  /** Gets the certificate's key before the order is finalized, and is asked for it when an order is resumed. */
  readonly keyStore?: KeyStore;
  /** How fast the order is looked at, and for how long. Default: five minutes at most for each wait. */
  readonly poll?: PollPace;
  /** How long one clean-up may take, in milliseconds. Default: 30 000. */
  readonly cleanUpTimeoutMs?: number;
}

/** One issuance under way: what does not change. */
export interface Issuance {
  readonly account: AcmeAccount;
  readonly options: Omit<IssuanceOptions, 'csr'>;
  readonly csr?: Uint8Array;
  /** What the certificate must be for. */
  readonly identifiers: readonly Identifier[];
}

/** What is to be signed by the server, and by whose key. */
export interface CertificateRequest {
  readonly csr: Uint8Array;
  /** The DER SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly key?: CertificateKey;
}

/** How far an issuance has come. */
export interface Progress {
  readonly order: Order;
  /** Once made, the same for every attempt to finalize. */
  readonly request?: CertificateRequest;
  readonly finalizations: number;
}

/** What one step of an issuance emits: events, and last how far it came, unless it came to the end. */
export type Step = IssuanceEvent | { readonly type: 'progress'; readonly progress: Progress };

/** The part of the issuance that one status of the order asks for. */
export type StepFunction = (issuance: Issuance, progress: Progress) => Observable<Step>;

/** The last emission of a step. */
export const progressed = (progress: Progress, changes: Partial<Progress>): Step => ({
  type: 'progress',
  progress: { ...progress, ...changes },
});

/** What the events of an order have in common, at this moment. */
export const eventBase = (
  { account }: Pick<Issuance, 'account'>,
  { url }: Pick<Order, 'url'>,
): Omit<EventBase<never>, 'type'> => ({
  at: new Date(account.session.clock.now()),
  orderUrl: url,
});

/** Throws `TypeError` on options that contradict each other or cannot be read. */
export function checkedOptions(what: string, { csr, ...options }: IssuanceOptions): Pick<Issuance, 'options' | 'csr'> {
  if (!Array.isArray(options.solvers)) throw new TypeError(`${what}: solvers must be an array of challenge solvers`);
  if (csr !== undefined && (options.key ?? options.keyType) !== undefined) {
    throw new TypeError(`${what}: csr cannot be given together with key or keyType, because it already holds a key`);
  }
  if (csr === undefined) return { options };
  const der = typeof csr === 'string' ? decodePem(csr, ['CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST']) : csr;
  if (!looksLikeDer(der)) throw new TypeError(`${what}: csr must be a PKCS#10 request, as PEM text or DER bytes`);
  return { options, csr: der };
}
