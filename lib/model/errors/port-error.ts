import { AcmeError } from './acme-error.js';

/** The parts that an application may put in place of rxacme's own. */
export type PortName =
  | 'signer'
  | 'digest'
  | 'keyGenerator'
  | 'certificateRequestBuilder'
  | 'certificateReader'
  | 'solver'
  | 'keyStore'
  | 'journal'
  | 'finalizeMembers'
  | 'recovery'
  | 'retryPolicy'
  | 'requestLimiter'
  | 'account';

/** Something that was handed to rxacme failed: a signer, a key store, a solver. Its own error is the `cause`. */
export class AcmePortError extends AcmeError {
  /** @internal */
  static override readonly brandName = 'AcmePortError';
  override readonly code = 'port';

  constructor(
    readonly port: PortName,
    cause: unknown,
  ) {
    super(`the ${port} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
