import { AcmeError } from './acme-error.js';

/**
 * Something that was handed in cannot be used, and only a closer look could tell: a key that is none, a CSR for other
 * names. Nothing was sent. (What can be told at the call throws a `TypeError` there.)
 */
export class AcmeInputError extends AcmeError {
  /** @internal */
  static override readonly brandName = 'AcmeInputError';
  override readonly code = 'input';
}
