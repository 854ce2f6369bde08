import type { ProblemCode } from '../problem-types.js';
import { AcmeError } from './acme-error.js';
import type { AnyAcmeError } from './any-acme-error.js';
import { AcmeProblemError, problemName } from './problem-error.js';

/**
 * Whether something is an error of rxacme, of any copy of the package.
 *
 * @see RFC 8555 §6.7
 */
export function isAcmeError(error: unknown): error is AnyAcmeError;
/**
 * Whether something is an error of rxacme, of any copy of the package, and of one kind.
 *
 * ```ts
 * const withoutReplaces = catchError((error: unknown) => {
 *   if (isAcmeError(error, 'alreadyReplaced')) return newOrder(account, { identifiers: ['example.org'] });
 *   throw error;
 * });
 * ```
 *
 * @param code The `code` of an error class, such as `transport`, or the code of an error type that the server named,
 * such as `badCSR`.
 * @see RFC 8555 §6.7
 */
export function isAcmeError<Code extends AnyAcmeError['code']>(
  error: unknown,
  code: Code,
): error is Extract<AnyAcmeError, { readonly code: Code }>;
export function isAcmeError(error: unknown, code: ProblemCode | (string & {})): error is AcmeProblemError;
export function isAcmeError(error: unknown, code?: string): boolean {
  if (!(error instanceof AcmeError)) return false;
  if (code === undefined || error.code === code) return true;
  return error instanceof AcmeProblemError && problemName(error.problem.type) === code;
}
