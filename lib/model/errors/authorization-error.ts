import { type Identifier, nameOf } from '../identifier.js';
import type { ProblemDocument } from '../problem.js';
import { AcmeError, type AcmeErrorDetails } from './acme-error.js';
import { describeProblem } from './problem-error.js';

/** Why one identifier could not be authorized. */
export interface AuthorizationFailure {
  /** What could not be authorized; of a wildcard, the name without `*.`. */
  readonly identifier: Identifier;
  /** Whether it is about the wildcard of that name. */
  readonly wildcard: boolean;
  /** The URL of its authorization. Absent where it has none. */
  readonly authorizationUrl?: string;
  /** The type of the challenge that failed, such as `http-01`. Absent where it is not known. */
  readonly challengeType?: string;
  /** What the server found. */
  readonly problem?: ProblemDocument;
  /** What went wrong on this side: a solver's error, say. Not printed. */
  readonly cause?: unknown;
  /** One line for a person. */
  readonly reason: string;
}

/**
 * At least one identifier of an order could not be authorized. Names every one of them and why. A new order is
 * needed to try again.
 *
 * @see RFC 8555 §7.1.6
 */
export class AcmeAuthorizationError extends AcmeError {
  /** @internal */
  static override readonly brandName = 'AcmeAuthorizationError';
  override readonly code = 'authorization';

  constructor(
    readonly failures: readonly AuthorizationFailure[],
    details: AcmeErrorDetails = {},
  ) {
    super(failures.map(describeFailure).join('\n'), details);
  }
}

const describeFailure = (failure: AuthorizationFailure): string => {
  const { challengeType, problem, reason } = failure;
  const by = challengeType === undefined ? '' : ` (${challengeType})`;
  return `${nameOf(failure)}${by}: ${problem === undefined ? reason : describeProblem(problem)}`;
};
