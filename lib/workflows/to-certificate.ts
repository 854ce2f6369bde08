import { filter, type OperatorFunction } from 'rxjs';
import type { CertificateIssued, FallbackEvent } from '../model/events.js';

/**
 * Keeps only the result of an issuance.
 *
 * Emits the `certificate-issued` events of the source, with certificate and key; completes with it. Errors with it.
 * Cost: none.
 *
 * @see RFC 8555 §7.4.2
 */
export const toCertificate = (): OperatorFunction<FallbackEvent, CertificateIssued> =>
  filter((event) => event.type === 'certificate-issued');
