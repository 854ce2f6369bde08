import type { Observable } from 'rxjs';
import { certificateId, type CertificateNames } from '../codec/certificate-id.js';
import { leafOf } from '../codec/leaf-of.js';
import type { CertificateDetails } from '../model/certificate.js';
import type { IssuanceEvent } from '../model/events.js';
import type { HoldsCertificate } from '../model/renewal-time.js';
import type { AcmeAccount } from '../request/account.js';
import { obtainCertificate, type ObtainCertificateOptions } from './obtain-certificate.js';

/** What has to be known of a certificate to renew it: a few members of its details. */
export type RenewableCertificate = CertificateNames & Pick<CertificateDetails, 'identifiers'>;

/** Options of {@link renewCertificate}: those of {@link obtainCertificate}, the identifiers being known. */
export interface RenewCertificateOptions extends Omit<ObtainCertificateOptions, 'identifiers' | 'replaces'> {
  /** What the new certificate is for, in place of what the old one is for. At least one should be of both. */
  readonly identifiers?: ObtainCertificateOptions['identifiers'] | undefined;
}

/**
 * Obtains a certificate in place of another one: for the same identifiers, with a new key, and told to the server as a
 * replacement, which takes it out of rate limits at some. Whether the old one is due is not looked at: that is
 * {@link whenDue}'s business.
 *
 * Emits the events of {@link obtainCertificate}, the last with the new certificate, then completes. Cold: each
 * subscription orders another certificate. Unsubscribing ends it as it does there.
 *
 * Errors: those of {@link obtainCertificate}. Where the server refuses the order as a replacement, it is sent once more as
 * an order like any other. Cost: that of {@link obtainCertificate}, and one request for such a refusal. Throws `TypeError`
 * on options that cannot work, and on a certificate without identifiers.
 *
 * @example
 * ```ts
 * const renewAll = (held: readonly CertificateIssued[], solvers: readonly ChallengeSolver[]) =>
 *   from(held).pipe(
 *     whenDue(session),
 *     limitRate({ count: 300, perMs: 3 * 3_600_000 }),
 *     mergeMap((old) => renewCertificate(account, old, { solvers }).pipe(toCertificate(), settle(old.orderUrl)), 50),
 *   );
 * ```
 *
 * @param certificate The certificate, its leaf, the event that it came with, or as much of the leaf as is known.
 * @see RFC 9773 §5, RFC 8555 §7.4
 */
export function renewCertificate(
  account: AcmeAccount,
  certificate: HoldsCertificate<RenewableCertificate>,
  options: RenewCertificateOptions,
): Observable<IssuanceEvent> {
  const leaf = leafOf<Partial<RenewableCertificate>>(certificate);
  const { identifiers = leaf.identifiers ?? [], ...others } = options;
  if (identifiers.length === 0) {
    throw new TypeError('renewCertificate: certificate must have identifiers, or they must be given as an option');
  }
  const { serialNumber, authorityKeyIdentifier } = leaf;
  const replaces =
    serialNumber === undefined || authorityKeyIdentifier === undefined
      ? undefined
      : certificateId({ serialNumber, authorityKeyIdentifier });
  return obtainCertificate(account, { ...others, identifiers, replaces });
}
