import { AcmeError } from './acme-error.js';

/**
 * No whole answer came: the connection failed, was cut, took too long, or the answer was larger than allowed.
 * Whether the server carried out the request is unknown. The reason is the `cause`.
 */
export class AcmeTransportError extends AcmeError {
  /** @internal */
  static override readonly brandName = 'AcmeTransportError';
  override readonly code = 'transport';
}
