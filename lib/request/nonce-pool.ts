import type { TimestampProvider } from 'rxjs';
import { isBase64urlText } from '../codec/base64url.js';

/** A nonce, and its place in the order in which nonces arrived. */
export interface LeasedNonce {
  readonly value: string;
  readonly sequence: number;
}

interface PooledNonce extends LeasedNonce {
  readonly at: number;
}

const capacity = 64;

/**
 * The unused nonces of a session: bounded, newest first, each handed out once, those too old thrown away.
 *
 * @see RFC 8555 §6.5
 */
export class NoncePool {
  /** Oldest first. */
  #nonces: PooledNonce[] = [];
  #sequence = 0;

  constructor(
    private readonly clock: TimestampProvider,
    private readonly maxAgeMs: number,
  ) {}

  /** Gives a nonce its place without keeping it. */
  mark(value: string): LeasedNonce {
    return { value, sequence: this.#sequence++ };
  }

  /** Keeps a nonce. One that is not well-formed, absent, or kept already is ignored. */
  put(value: string | undefined): void {
    if (!isNonce(value) || this.#nonces.some((nonce) => nonce.value === value)) return;
    this.#nonces.push({ ...this.mark(value), at: this.clock.now() });
    if (this.#nonces.length > capacity) this.#nonces.shift();
  }

  /** Whether the next nonce has to be asked for, unless one arrives before. */
  get isEmpty(): boolean {
    return this.#nonces.length === 0;
  }

  /** Takes the newest nonce out. */
  take(): LeasedNonce | undefined {
    const oldest = this.clock.now() - this.maxAgeMs;
    const newest = this.#nonces.pop();
    if (newest === undefined || newest.at >= oldest) return newest;
    this.clear();
    return undefined;
  }

  /** Throws away the nonces that arrived before this one. */
  dropOlderThan({ sequence }: LeasedNonce): void {
    this.#nonces = this.#nonces.filter((nonce) => nonce.sequence > sequence);
  }

  clear(): void {
    this.#nonces = [];
  }
}

/** Whether a header's value can be a nonce: base64url characters, at least one. */
export const isNonce = (value: string | undefined): value is string => value !== undefined && isBase64urlText(value);
