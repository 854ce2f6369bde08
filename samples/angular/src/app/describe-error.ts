import { AcmeRateLimitedError, AcmeTransportError, isAcmeError } from 'rxacme';

/** A failure, for a person. */
export function describeError(error: unknown, names = 0): string {
  if (names > 0) return names === 1 ? 'One name could not be proven.' : `${names} names could not be proven.`;
  if (error instanceof AcmeRateLimitedError && error.retryAt !== undefined) {
    return `The authority has had enough for now; try again after ${error.retryAt.toLocaleString()}.`;
  }
  if (error instanceof AcmeTransportError) return `The authority cannot be reached. ${error.message}`;
  if (isAcmeError(error) || error instanceof Error) return error.message;
  return String(error);
}

const settled = ['rejectedIdentifier', 'unsupportedIdentifier', 'externalAccountRequired', 'unauthorized', 'malformed'];

/** Whether the same, asked for once more, may be granted: the network, a limit and a proof may get better by then. */
export const mayFareBetter = (error: unknown): boolean =>
  isAcmeError(error) && !['unsupported', 'input', ...settled].some((code) => isAcmeError(error, code));
