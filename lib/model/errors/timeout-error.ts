import { AcmeError, type AcmeErrorDetails } from './acme-error.js';

/**
 * A time limit of this side ran out. `last` is the last state that was seen; `retryAt` is when the server wanted
 * to be asked next, where it said so.
 */
export class AcmeTimeoutError extends AcmeError {
  /** @internal */
  static override readonly brandName = 'AcmeTimeoutError';
  override readonly code = 'timeout';

  constructor(
    message: string,
    readonly last: unknown,
    details: AcmeErrorDetails = {},
  ) {
    super(message, details);
  }
}
