import { problemName } from '../model/errors/problem-error.js';
import { acmeErrorNamespace, type ProblemDocument } from '../model/problem.js';
import type { ProblemCode } from '../model/problem-types.js';

/**
 * The URN of one of ACME's error types.
 *
 * @see RFC 8555 §6.7
 */
export const problemType = (code: ProblemCode | (string & {})): string => `${acmeErrorNamespace}${code}`;

/**
 * The last part of a problem's or a subproblem's type: `malformed`, say. Undefined where the type is not one of ACME's
 * namespace.
 *
 * @see RFC 8555 §6.7
 */
export function problemCode({ type }: Pick<ProblemDocument, 'type'>): string | undefined {
  const name = problemName(type);
  return name === type ? undefined : name;
}

/**
 * Whether a problem or a subproblem is of one of ACME's types. The HTTP status is not asked: servers differ in it.
 *
 * @see RFC 8555 §6.7
 */
export const isProblemType = ({ type }: Pick<ProblemDocument, 'type'>, code: ProblemCode | (string & {})): boolean =>
  type === problemType(code);
