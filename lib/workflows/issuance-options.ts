import type { ObservableInput } from 'rxjs';
import type { JsonObject } from '../model/json.js';
import { type CertificateKeyType, certificateKeyTypes } from '../model/key-type.js';
import type { Order } from '../model/order.js';
import type { CertificateKey, ChallengeSolver, KeyStore } from '../model/ports.js';
import { checkPace, type PollPace } from '../rx/poll-until.js';

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
  /** Whether the certificate must be served with a stapled OCSP answer; CAs without OCSP refuse it. Default: false. */
  readonly mustStaple?: boolean | undefined;
  /** Gets the certificate's key before the order is finalized, and is asked for it when an order is resumed. */
  readonly keyStore?: KeyStore | undefined;
  /** How fast the order is looked at, and for how long. Default: five minutes at most for each wait. */
  readonly poll?: PollPace | undefined;
  /**
   * Whether each authorization is looked at beside the order, so that names are told as they are proven, one by one, and
   * a server that tries in vain some time after the answer is told to try again. Costs one more request for each name and
   * look. Default: false, the order alone is looked at, once for all of its names.
   */
  readonly watchAuthorizations?: boolean | undefined;
  /** Emits what extensions of the protocol add to the request that finalizes the order, such as `onionCAA`. Default: nothing. */
  readonly finalizeMembers?: ((order: Order) => ObservableInput<JsonObject>) | undefined;
  /** How long one clean-up may take, in milliseconds. Default: 30 000. */
  readonly cleanUpTimeoutMs?: number | undefined;
}

/** Throws `TypeError` on options that contradict each other or cannot be read. */
export function checkedOptions(
  what: string,
  { csr, ...options }: IssuanceOptions & { readonly whenRefused?: unknown },
): { readonly options: Omit<IssuanceOptions, 'csr'>; readonly csr: string | Uint8Array | undefined } {
  const { solvers, key, keyType, mustStaple, whenRefused, cleanUpTimeoutMs = 0 } = options;
  const refuse = (fault: string): never => {
    throw new TypeError(`${what}: ${fault}`);
  };
  if (!Array.isArray(solvers) || !solvers.every(isSolver)) {
    refuse('solvers must be an array of objects with types, present and cleanUp');
  }
  if (keyType !== undefined && !certificateKeyTypes.includes(keyType)) {
    refuse(`keyType must be one of ${certificateKeyTypes.join(', ')}, found ${keyType as string}`);
  }
  if (csr !== undefined && [key, keyType, mustStaple, whenRefused].some((each) => each !== undefined)) {
    refuse('csr cannot be given together with key, keyType, mustStaple or whenRefused');
  }
  if (!(cleanUpTimeoutMs >= 0)) refuse('cleanUpTimeoutMs must be a number that is not negative');
  checkPace(`${what}: poll`, options.poll);
  if (whenRefused !== undefined && typeof whenRefused !== 'function') {
    refuse('whenRefused must be a function');
  }
  if (csr !== undefined && !isRequest(csr)) refuse('csr must be a PKCS#10 request, PEM or DER');
  return { options, csr };
}

function isSolver(solver: unknown): boolean {
  const { types, present, cleanUp } = (solver ?? {}) as Partial<ChallengeSolver>;
  return Array.isArray(types) && typeof present === 'function' && typeof cleanUp === 'function';
}

/** What DER begins with. The whole of it is read before anything is sent. */
const sequence = 0x30;

const isRequest = (csr: unknown): boolean =>
  typeof csr === 'string'
    ? /-----BEGIN (NEW )?CERTIFICATE REQUEST-----/.test(csr)
    : csr instanceof Uint8Array && csr[0] === sequence;
