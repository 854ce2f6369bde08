/** How many unused nonces are good; the oldest is forgotten. */
const kept = 100_000;

/** The nonces that a server has given out and not seen again. */
export class Nonces {
  readonly #open = new Set<string>();
  #last = 0;

  constructor(private readonly run = '') {}

  issue(): string {
    const nonce = `nonce-${this.run}${(++this.#last).toString(36).padStart(6, '0')}`;
    this.#open.add(nonce);
    if (this.#open.size > kept) this.#open.delete(this.#open.values().next().value as string);
    return nonce;
  }

  /** Whether a nonce was given out and is used for the first time. */
  redeem(nonce: string): boolean {
    return this.#open.delete(nonce);
  }

  /** Forgets them all, as a server does that is started again. */
  forget(): void {
    this.#open.clear();
  }
}
