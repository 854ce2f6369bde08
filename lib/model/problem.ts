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
  /** A URI. */
  readonly type: string;
  /** A short text that is the same for every problem of the type. */
  readonly title?: string;
  /** What is wrong in this case. */
  readonly detail?: string;
  /** What it is about. */
  readonly identifier?: Identifier;
}

/** An identifier of an order that the server refused, and why. */
export interface RefusedIdentifier extends Subproblem {
  readonly identifier: Identifier;
}

/**
 * What a server says went wrong.
 *
 * @see RFC 8555 §6.7, RFC 7807 §3.1
 */
export interface ProblemDocument {
  /** A URI, `about:blank` where the server gave none. ACME's own types start with {@link acmeErrorNamespace}. */
  readonly type: string;
  /** A short text that is the same for every problem of the type. */
  readonly title?: string;
  /** What is wrong in this case. */
  readonly detail?: string;
  /** The HTTP status, as the document repeats it. */
  readonly status?: number;
  /** A URL for a person to visit, with `userActionRequired`. */
  readonly instance?: string;
  /** What is wrong with single identifiers. */
  readonly subproblems: readonly Subproblem[];
  /** The signature algorithms that the server takes, with `badSignatureAlgorithm`. */
  readonly algorithms: readonly string[];
  /** As the server sent it. */
  readonly raw: JsonObject;
}
