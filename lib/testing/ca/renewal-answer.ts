import type { CertificateDetails } from '../../model/certificate.js';
import type { RenewalWindow } from '../../model/renewal-info.js';

/** What a server knows of a certificate when it says when to renew it. */
export interface RenewalSubject extends Omit<CertificateDetails, 'der'> {
  /** Its name in requests, as `certificateId` makes it. */
  readonly id: string;
  /** When it was revoked, where it was. */
  readonly revokedAt?: Date;
}

/** What a server says about a renewal. */
export interface RenewalAnswer extends RenewalWindow {
  /** A page that says why. Default: none. */
  readonly explanationUrl?: string;
  /** The `Retry-After` header, in either form. Default: `21600`, six hours. */
  readonly retryAfter?: string;
}
