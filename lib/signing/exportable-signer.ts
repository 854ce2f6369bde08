import type { Observable } from 'rxjs';
import type { AcmeSigner } from '../model/ports.js';

/** A signer whose private key can be saved. */
export interface ExportableSigner extends AcmeSigner {
  /** Emits the private key as PKCS#8 PEM, once, and completes. Keep it secret: it is the account. */
  exportPem(): Observable<string>;
}

/** The algorithms that account keys are generated for. Let's Encrypt and Pebble refuse `EdDSA`. */
export type GeneratedAlgorithm = 'ES256' | 'ES384' | 'ES512' | 'RS256' | 'EdDSA';

/** All of {@link GeneratedAlgorithm}. */
export const generatedAlgorithms: readonly GeneratedAlgorithm[] = ['ES256', 'ES384', 'ES512', 'RS256', 'EdDSA'];
