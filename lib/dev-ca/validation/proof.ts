import type { Identifier } from '../../model/identifier.js';

/** What has to be proven, and by what. */
export interface Proof {
  /** Without `*.`. */
  readonly identifier: Identifier;
  readonly token: string;
  readonly keyAuthorization: string;
}
