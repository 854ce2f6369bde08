import type { Identifier } from '../model/identifier.js';
import type { JsonObject } from '../model/json.js';
import type { ProblemDocument } from '../model/problem.js';
import { type ProblemCode, problemTypes } from '../model/problem-types.js';
import { decodeProblem } from './decode-problem.js';
import { defined } from './defined.js';
import { problemType } from './problem-type.js';

/** What {@link problemDocument} says, in the whole or in a subproblem. */
export interface ProblemMembers {
  /** One of the registered types, by the last part of its URN. */
  readonly code?: ProblemCode | undefined;
  /** Any other type, whole. Default: that of `code`, or none. */
  readonly type?: string | undefined;
  /** A summary of the type, the same each time. */
  readonly title?: string | undefined;
  /** What went wrong this time, for a person. */
  readonly detail?: string | undefined;
}

/** Options of {@link problemDocument}. */
export interface ProblemDocumentInit extends ProblemMembers {
  /** The HTTP status. */
  readonly status?: number | undefined;
  /** A URL for this one occurrence: where the terms of service are, with `userActionRequired`. */
  readonly instance?: string | undefined;
  /** What is wrong with each identifier. */
  readonly subproblems?: readonly (ProblemMembers & { readonly identifier?: Identifier | undefined })[] | undefined;
  /** The signature algorithms that the server takes, with `badSignatureAlgorithm`. */
  readonly algorithms?: readonly string[] | undefined;
}

/**
 * Makes a problem document as a server would send it, for tests and for servers. `raw` is its JSON. Throws `TypeError`
 * on a code that is not registered, and where both `code` and `type` are given.
 *
 * @see RFC 8555 §6.7, RFC 7807 §3.1
 */
export function problemDocument(init: ProblemDocumentInit): ProblemDocument {
  const { status, instance, subproblems, algorithms } = init;
  const raw = defined({
    ...membersOf(init),
    status,
    instance,
    subproblems: subproblems?.map((each) => defined({ ...membersOf(each), identifier: each.identifier })),
    algorithms,
  });
  return decodeProblem(JSON.parse(JSON.stringify(raw)) as JsonObject) as ProblemDocument;
}

const membersOf = ({ code, type, title, detail }: ProblemMembers) => ({
  type: code === undefined ? type : registered(code, type),
  title,
  detail,
});

function registered(code: string, type: string | undefined): string {
  if (type !== undefined) throw new TypeError('problemDocument: give code or type, not both');
  if (Object.hasOwn(problemTypes, code)) return problemType(code);
  throw new TypeError(
    `problemDocument: no error type ${JSON.stringify(code)} is registered; give its whole URI as type`,
  );
}
