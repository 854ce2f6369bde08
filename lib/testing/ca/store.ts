import type { AccountRecord, AuthorizationRecord, CertificateRecord, ChallengeRecord, OrderRecord } from './records.js';

/** Finished orders that are kept to be looked at again; older ones are forgotten, so that memory stays flat. */
const keptOrders = 1_000;

/** What a certification authority remembers, by identifier of the resource. */
export class Store {
  readonly accounts = new Map<string, AccountRecord>();
  readonly orders = new Map<string, OrderRecord>();
  readonly authorizations = new Map<string, AuthorizationRecord>();
  readonly challenges = new Map<string, ChallengeRecord>();
  readonly certificates = new Map<string, CertificateRecord>();
  /** Oldest first. */
  readonly #finished = new Set<OrderRecord>();
  #last = 0;

  constructor(
    readonly origin: string,
    private readonly run = '',
  ) {}

  /** An identifier that no other resource has, and the URL for it. */
  newResource(path: string): { id: string; url: string } {
    const id = `${this.run}${++this.#last}`;
    return { id, url: this.url(path, id) };
  }

  url(path: string, id?: string): string {
    return `${this.origin}/${path}${id === undefined ? '' : `/${id}`}`;
  }

  accountByKey(thumbprint: string): AccountRecord | undefined {
    for (const account of this.accounts.values()) if (account.thumbprint === thumbprint) return account;
    return undefined;
  }

  accountByUrl(url: string): AccountRecord | undefined {
    const account = this.accounts.get(url.slice(url.lastIndexOf('/') + 1));
    return account?.url === url ? account : undefined;
  }

  /** Remembers that an order needs no more attention, and forgets the one that has needed none for longest. */
  finished(order: OrderRecord): void {
    this.#finished.add(order);
    if (this.#finished.size <= keptOrders) return;
    const [oldest = order] = this.#finished;
    this.#finished.delete(oldest);
    this.#forget(oldest);
  }

  #forget({ id, account, authorizations, certificate }: OrderRecord): void {
    this.orders.delete(id);
    if (certificate !== undefined) this.certificates.delete(certificate.id);
    account.orders.splice(account.orders.findIndex((order) => order.id === id) >>> 0, 1);
    for (const authorization of authorizations) {
      if (--authorization.orders > 0) continue;
      this.authorizations.delete(authorization.id);
      for (const challenge of authorization.challenges) this.challenges.delete(challenge.id);
    }
  }
}
