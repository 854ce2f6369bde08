import type { Observable } from 'rxjs';
import { defined } from '../codec/defined.js';
import type { EventBase, IssuanceEvent, OrderCreated } from '../model/events.js';
import type { Identifier } from '../model/identifier.js';
import type { Order } from '../model/order.js';
import type { CertificateKey } from '../model/ports.js';
import type { AcmeAccount } from '../request/account.js';
import type { IssuanceOptions } from './issuance-options.js';

/** One issuance under way: what does not change. */
export interface Issuance {
  readonly account: AcmeAccount;
  readonly options: Omit<IssuanceOptions, 'csr'>;
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
  readonly request?: CertificateRequest | undefined;
  readonly finalizations: number;
  /** Whether the last of them came too early. */
  readonly refused?: boolean;
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

/** The first event of an issuance. */
export const orderEvent = (issuance: Issuance, order: Order, resumed: boolean): OrderCreated => ({
  type: 'order-created',
  status: order.status,
  identifiers: order.identifiers,
  resumed,
  ...eventBase(issuance, order),
  ...defined({ expiresAt: order.expiresAt, profile: order.profile, replaces: order.replaces }),
});
