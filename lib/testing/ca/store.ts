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
  readonly #finished: OrderRecord[] = [];
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
    return [...this.accounts.values()].find((account) => account.thumbprint === thumbprint);
  }

  /** Remembers that an order needs no more attention, and forgets the one that has needed none for longest. */
  finished(order: OrderRecord): void {
    this.#finished.push(order);
    if (this.#finished.length > keptOrders) this.#forget(this.#finished.shift() as OrderRecord);
  }

  #forget({ id, account, authorizations, certificate }: OrderRecord): void {
    this.orders.delete(id);
    if (certificate !== undefined) this.certificates.delete(certificate.id);
    account.orders.splice(account.orders.findIndex((order) => order.id === id) >>> 0, 1);
    for (const authorization of authorizations) {
      this.authorizations.delete(authorization.id);
      for (const challenge of authorization.challenges) this.challenges.delete(challenge.id);
    }
  }
}
