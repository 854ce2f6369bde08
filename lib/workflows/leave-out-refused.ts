import { identifierKey } from '../codec/identifier.js';
import { type AcmeProblemError, problemName } from '../model/errors/problem-error.js';
import type { Identifier } from '../model/identifier.js';
import type { RefusedIdentifier } from '../model/problem.js';

/** Reasons that an identifier will not be rid of by asking again. */
const reasons = ['rejectedIdentifier', 'unsupportedIdentifier', 'malformed', 'caa', 'dns', 'onionCAARequired'];

/**
 * Goes on without the identifiers that the server refuses by name, for `whenRefused` of {@link obtainCertificate}. Those of
 * which it says that they are rejected or of no type that it supports, that they are malformed, or that their DNS or CAA
 * records are in the way; not those that are limited in number or of which it says nothing.
 *
 * Emits nothing: the value is those identifiers, with what the server says of each. Cost: none here; one request for the
 * order without them.
 *
 * @example
 * ```ts
 * const events$ = obtainCertificate(account, {
 *   identifiers: ['example.org', 'refused.example'],
 *   solvers: [],
 *   whenRefused: leaveOutRefused,
 * });
 * ```
 *
 * @see RFC 8555 §6.7.1
 */
export function leaveOutRefused(
  { problem }: AcmeProblemError,
  identifiers: readonly Identifier[],
): readonly RefusedIdentifier[] {
  return problem.subproblems.flatMap((subproblem) => {
    const { identifier: named, type } = subproblem;
    if (named === undefined || !reasons.includes(problemName(type))) return [];
    const find = (value: string) =>
      identifiers.find((each) => identifierKey(each) === identifierKey({ ...named, value }));
    const identifier = find(named.value) ?? find(`*.${named.value}`);
    return identifier === undefined ? [] : [{ ...subproblem, identifier }];
  });
}
