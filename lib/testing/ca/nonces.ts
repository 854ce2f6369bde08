/** The nonces that a server has given out and not seen again. */
export class Nonces {
  readonly #open = new Set<string>();
  #last = 0;

  constructor(private readonly run = '') {}

  issue(): string {
    const nonce = `nonce-${this.run}${(++this.#last).toString(36).padStart(6, '0')}`;
    this.#open.add(nonce);
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
