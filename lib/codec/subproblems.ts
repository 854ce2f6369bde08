import type { IdentifierInput } from '../model/identifier.js';
import type { ProblemDocument, Subproblem } from '../model/problem.js';
import { identifierKey, toIdentifier } from './identifier.js';

/**
 * What a problem says of one identifier: its subproblem. Undefined where there is none about it. Throws `TypeError`
 * where `identifier` is text that is neither a host name nor an IP address.
 *
 * @see RFC 8555 §6.7.1
 */
export function subproblemFor(
  { subproblems }: Pick<ProblemDocument, 'subproblems'>,
  identifier: IdentifierInput,
): Subproblem | undefined {
  // What a server refused need not be a name that one could ask for.
  const key = identifierKey(typeof identifier === 'string' ? toIdentifier(identifier) : identifier);
  return subproblems.find((each) => each.identifier !== undefined && identifierKey(each.identifier) === key);
}

/**
 * A problem as seen from one identifier: what its subproblem says, in the place of what the whole says, and the rest
 * of the whole. A problem without subproblems is about every identifier. Undefined where the subproblems are about
 * others only: then nothing is known to be wrong with this one. Throws `TypeError` as {@link subproblemFor} does.
 *
 * @see RFC 8555 §6.7.1
 */
export function problemFor(problem: ProblemDocument, identifier: IdentifierInput): ProblemDocument | undefined {
  const own = subproblemFor(problem, identifier);
  if (own !== undefined) {
    const { title: _title, detail: _detail, ...whole } = problem;
    const { identifier: _identifier, ...said } = own;
    return { ...whole, ...said, subproblems: [own] };
  }
  return problem.subproblems.some((each) => each.identifier !== undefined) ? undefined : problem;
}
