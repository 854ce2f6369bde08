import { AcmeError } from './acme-error.js';

/** The server does not offer what was asked for, or what it offers cannot be used here. Nothing was tried. */
export class AcmeUnsupportedError extends AcmeError {
  /** @internal */
  static override readonly brandName = 'AcmeUnsupportedError';
  override readonly code = 'unsupported';
}
