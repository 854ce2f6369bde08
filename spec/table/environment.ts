import type { Observable } from 'rxjs';
import type {
  AcmeSession,
  AcmeSigner,
  CertificateKey,
  ChallengeSolver,
  IssuanceEvent,
  PollPace,
} from '../../lib/index.js';

/** The columns of the table. `virtual` is the fake CA with latency and slow outcomes, in virtual time. */
export const authorities = ['fake', 'virtual', 'dev', 'pebble'] as const;

/** One column. */
export type Authority = (typeof authorities)[number];

/**
 * What a flow needs of the CA. Everywhere terms must be agreed to, one host is unreachable, and every certificate has
 * one alternate chain. `usual`: nothing else. `names refused`: `names.refused` are, by whatever means the CA has.
 */
export type Ground =
  'usual' | 'names refused' | 'half of the nonces refused' | 'authorizations reused' | 'external accounts required';

/** What a flow has to work with, the same at every CA. */
export interface Environment {
  readonly session: AcmeSession;
  readonly poll: PollPace;
  readonly solvers: { readonly http01: ChallengeSolver; readonly dns01: ChallengeSolver };
  /** Names that mean something to the CA; any other one can be proven. */
  readonly names: {
    /** Two that are not issued for. */
    readonly refused: readonly string[];
    /** Nothing answers there. */
    readonly unreachable: string;
  };
  readonly externalAccount: ExternalAccount;
  /** Emits a new account key. */
  signer(): Observable<AcmeSigner>;
  /** Emits a new certificate key. */
  certificateKey(): Observable<CertificateKey>;
  /** Emits a request for names, signed by a key, in DER. */
  request(key: CertificateKey, names: readonly string[]): Observable<Uint8Array>;
  /** How many nonces were refused in this session. */
  refusedNonces(): number;
  readonly control: {
    /** The CA no longer knows the nonces that it gave out; its accounts may be gone too. Completes when that is so. */
    forgetNonces(): Observable<never>;
  };
}

/** A key that was agreed upon outside of ACME. */
export interface ExternalAccount {
  readonly kid: string;
  /** Base64url. */
  readonly macKey: string;
}

/** What a client tells of itself, besides the events of an issuance. */
export interface Fact {
  readonly type: 'fact';
  readonly fact: string;
}

/** What the stream of a flow emits. */
export type Told = IssuanceEvent | Fact;

/** How a flow ended, as far as it must be the same everywhere: sets of text, sorted. */
export interface Outcome {
  readonly facts: readonly string[];
  /** Without looks and waits, of which there are as many as there is time. */
  readonly events: readonly string[];
  /** The names in each certificate. */
  readonly certificates: readonly string[];
  /** The code and the problem, or the failures. */
  readonly error: string;
}

/** What came of running a flow. */
export interface Ran {
  readonly outcome: Outcome;
  /** How many answers to challenges were still visible when all was over. */
  readonly left: number;
}
