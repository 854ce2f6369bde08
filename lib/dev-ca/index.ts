export type { ChallengeType, DevCaOptions } from './dev-ca-options.js';
export { type DevCa, startDevCa } from './start-dev-ca.js';
