import type { Identifier } from './identifier.js';
import type { JsonObject } from './json.js';

/** The namespace of ACME's own error types. */
export const acmeErrorNamespace = 'urn:ietf:params:acme:error:';

/**
 * An error about one identifier within a larger one.
 *
 * @see RFC 8555 §6.7.1
 */
export interface Subproblem {
  readonly type: string;
  readonly title?: string;
  readonly detail?: string;
  readonly identifier?: Identifier;
}

/**
 * What a server says went wrong.
 *
 * @see RFC 8555 §6.7, RFC 7807 §3.1
 */
export interface ProblemDocument {
  /** A URI, `about:blank` where the server gave none. ACME's own types start with {@link acmeErrorNamespace}. */
  readonly type: string;
  readonly title?: string;
  readonly detail?: string;
  readonly status?: number;
  /** A URL for a person to visit, with `userActionRequired`. */
  readonly instance?: string;
  readonly subproblems: readonly Subproblem[];
  /** The signature algorithms that the server takes, with `badSignatureAlgorithm`. */
  readonly algorithms: readonly string[];
  readonly raw: JsonObject;
}
