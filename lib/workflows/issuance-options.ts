import { type CertificateKeyType, certificateKeyTypes } from '../model/key-type.js';
import type { CertificateKey, ChallengeSolver, KeyStore } from '../model/ports.js';
import { checkPace, type PollPace } from '../rx/poll-until.js';
import { looksLikeDer } from '../x509/public-key.js';

/** Options that obtaining and resuming share. */
export interface IssuanceOptions {
  /** In order of preference: the first that solves a challenge on offer is used. */
  readonly solvers: readonly ChallengeSolver[];
  /** The kind of key to make. Default: `P-256`. */
  readonly keyType?: CertificateKeyType | undefined;
  /** The certificate's key, instead of a new one. */
  readonly key?: CertificateKey | undefined;
  /** A PKCS#10 request signed elsewhere, PEM or DER, instead of a key. Its names must be the order's. */
  readonly csr?: string | Uint8Array | undefined;
  /** Gets the certificate's key before the order is finalized, and is asked for it when an order is resumed. */
  readonly keyStore?: KeyStore | undefined;
  /** How fast the order is looked at, and for how long. Default: five minutes at most for each wait. */
  readonly poll?: PollPace | undefined;
  /** How long one clean-up may take, in milliseconds. Default: 30 000. */
  readonly cleanUpTimeoutMs?: number | undefined;
}

/** Throws `TypeError` on options that contradict each other or cannot be read. */
export function checkedOptions(
  what: string,
  { csr, ...options }: IssuanceOptions,
): { readonly options: Omit<IssuanceOptions, 'csr'>; readonly csr: string | Uint8Array | undefined } {
  const { solvers, key, keyType, cleanUpTimeoutMs = 0 } = options;
  if (!Array.isArray(solvers) || !solvers.every(isSolver)) {
    throw new TypeError(`${what}: solvers must be an array of challenge solvers, with types, present and cleanUp`);
  }
  if (keyType !== undefined && !certificateKeyTypes.includes(keyType)) {
    throw new TypeError(
      `${what}: keyType must be one of ${certificateKeyTypes.join(', ')}, found ${keyType as string}`,
    );
  }
  if (csr !== undefined && (key !== undefined || keyType !== undefined)) {
    throw new TypeError(`${what}: csr cannot be given together with key or keyType, because it already holds a key`);
  }
  if (!(cleanUpTimeoutMs >= 0)) throw new TypeError(`${what}: cleanUpTimeoutMs must be a number that is not negative`);
  checkPace(`${what}: poll`, options.poll);
  if (csr !== undefined && !isRequest(csr)) {
    throw new TypeError(`${what}: csr must be a PKCS#10 request, as PEM text or DER bytes`);
  }
  return { options, csr };
}

function isSolver(solver: unknown): boolean {
  const { types, present, cleanUp } = (solver ?? {}) as Partial<ChallengeSolver>;
  return Array.isArray(types) && typeof present === 'function' && typeof cleanUp === 'function';
}

const isRequest = (csr: unknown): boolean =>
  typeof csr === 'string'
    ? /-----BEGIN (NEW )?CERTIFICATE REQUEST-----/.test(csr)
    : csr instanceof Uint8Array && looksLikeDer(csr);
