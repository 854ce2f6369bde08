import type { CertificateRequestDetails } from '../../model/ports.js';

/** Options of `makeAuthority`. */
export interface AuthorityOptions {
  /** When the authority comes into being. Its own certificates are valid from one hour before, for ten years. */
  readonly madeAt: Date;
  /** What the names of its certificates begin with. Default: `rxacme development`. */
  readonly name?: string;
  /** Further roots that certify the same intermediate, each for one alternate chain. Default: 0. */
  readonly alternateRoots?: number;
}

/** Options of {@link Authority.issue}. */
export interface IssueOptions {
  /** The first moment of the certificate. */
  readonly notBeforeAt: Date;
  /** Its last second. Default: 90 days after the first moment, as far as the authority itself lasts. */
  readonly notAfterAt?: Date;
  /** The content octets of the serial number. Default: at random, 16 or 17 octets. */
  readonly serialNumber?: Uint8Array;
}

/** What an authority has made of a request. */
export interface Issued {
  /** The certificate itself. */
  readonly der: Uint8Array;
  /** PEM, the certificate first and the roots left out: the default chain, then one for each alternate root. */
  readonly chains: readonly string[];
}

/** Roots, the intermediate below all of them, and its key. */
export interface Authority {
  /** The roots, PEM, that of the default chain first. */
  readonly rootPems: readonly string[];
  /** When the intermediate stops being valid: no certificate lasts longer. */
  readonly notAfterAt: Date;
  /** Issues a certificate for a server. Rejects with `TypeError` on a validity that the authority cannot vouch for. */
  issue(request: Omit<CertificateRequestDetails, 'der'>, options: IssueOptions): Promise<Issued>;
}
