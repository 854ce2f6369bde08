import { AcmeError, type AcmeErrorDetails } from './acme-error.js';

/** An answer came, and it is not what RFC 8555 says it must be. The message names the member or header at fault. */
export class AcmeProtocolError extends AcmeError {
  /** @internal */
  static override readonly brandName = 'AcmeProtocolError';
  override readonly code = 'protocol';
  /** The body at fault, byte for byte, where there is one. Not printed. */
  declare readonly body?: Uint8Array;

  constructor(message: string, details: AcmeErrorDetails & { readonly body?: Uint8Array | undefined } = {}) {
    super(message, details);
    if (details.body !== undefined) Object.defineProperty(this, 'body', { value: details.body });
  }
}

/** An {@link AcmeProtocolError} about what a URL answered. */
export const protocolFault = (
  url: string,
  fault: string,
  details?: AcmeErrorDetails & { readonly body?: Uint8Array | undefined },
): AcmeProtocolError => new AcmeProtocolError(`${url}: ${fault}`, { url, ...details });
