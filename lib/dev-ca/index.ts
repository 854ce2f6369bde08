/**
 * For development: the CA of `rxacme/testing` behind HTTPS on this machine, with real validation and real certificates.
 *
 * @module rxacme/dev-ca
 */
export type { ChallengeType, DevCaOptions } from './dev-ca-options.js';
export { type DevCa, startDevCa } from './start-dev-ca.js';
