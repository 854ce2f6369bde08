import { AcmeError, type AcmeErrorDetails } from './acme-error.js';

/**
 * A time limit of this side ran out. `last` is the last state that was seen; `retryAt` is when the server wanted
 * to be asked next, where it said so.
 */
export class AcmeTimeoutError extends AcmeError {
  /** @internal */
  static override readonly brandName = 'AcmeTimeoutError';
  override readonly code = 'timeout';

  /** The last state that was seen. Not printed: it may hold tokens. */
  declare readonly last: unknown;

  constructor(message: string, last: unknown, details: AcmeErrorDetails = {}) {
    super(message, details);
    Object.defineProperty(this, 'last', { value: last });
  }
}
