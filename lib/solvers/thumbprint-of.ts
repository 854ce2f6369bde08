import { AcmeInputError } from '../model/errors/input-error.js';
import type { ChallengeTask } from '../model/ports.js';

/** The account key's thumbprint. Throws {@link AcmeInputError} on a task that was made without one. */
export function thumbprintOf({ type, thumbprint }: ChallengeTask): string {
  if (thumbprint !== undefined) return thumbprint;
  throw new AcmeInputError(`${type}: the task has no thumbprint of the account key; make it with challengeTask`);
}
