/**
 * For pages: account keys kept in IndexedDB, and transports, solvers and signers that ask the application's back end.
 *
 * @module rxacme/browser
 */
export {
  indexedDbSigners,
  type IndexedDbSignersOptions,
  type SignerStore,
  type StoredSigner,
} from './indexed-db-signers.js';
export { remoteSigner, type RemoteSignerOptions } from './remote-signer.js';
export { relayTransport, type RelayTransportOptions } from './relay-transport.js';
export { manualDns01, type ManualDns01, type ManualDns01Options, type ManualEntry } from './manual-dns01.js';
export { backEndSolver, type BackEndSolverOptions } from './back-end-solver.js';
export type { BackEndOptions } from './ask-back-end.js';
