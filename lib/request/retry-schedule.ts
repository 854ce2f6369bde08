import { problemCode } from '../codec/problem-type.js';
import type { AcmeError } from '../model/errors/acme-error.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import type { RetryPolicy } from '../model/retry-policy.js';

const minuteMs = 60_000;
const monthMs = 31 * 24 * 60 * minuteMs;

/** Errors that no waiting mends. */
const hopelessCodes: readonly string[] = ['input', 'unsupported', 'userActionRequired'];
const hopelessProblems: readonly (string | undefined)[] = [
  'accountDoesNotExist',
  'badCSR',
  'badPublicKey',
  'badSignatureAlgorithm',
  'externalAccountRequired',
  'invalidContact',
  'invalidProfile',
  'malformed',
  'rejectedIdentifier',
  'unsupportedContact',
  'unsupportedIdentifier',
];

/**
 * A policy that waits by a list, and goes on with its last wait for ever; longer where the server asks for it. It gives
 * up on what no waiting mends: unusable input, what the server does not offer or rejects, what a person has to do, a
 * rate limit that does not say when it ends, and one that lasts for more than a month.
 *
 * Emits nothing: the value is the policy. Throws `TypeError` if there is no wait in the list, or one that is no number.
 *
 * @param delaysMs In milliseconds.
 */
export function retrySchedule(delaysMs: readonly number[]): RetryPolicy {
  const last = delaysMs.at(-1);
  if (last === undefined || !delaysMs.every((each) => each >= 0)) {
    throw new TypeError('retrySchedule: delaysMs must be a list of numbers that are not negative, at least one');
  }
  return ({ error, attempt }) =>
    isHopeless(error) || (error.retryAfterMs ?? 0) > monthMs
      ? undefined
      : Math.max(delaysMs[attempt - 1] ?? last, error.retryAfterMs ?? 0);
}

const isHopeless = (error: AcmeError): boolean =>
  hopelessCodes.includes(error.code) ||
  (error.code === 'rateLimited' && error.retryAfterMs === undefined) ||
  (error instanceof AcmeProblemError && hopelessProblems.includes(problemCode(error.problem)));

/**
 * The schedule that Let's Encrypt asks for after a failed issuance: 1 minute, 10 minutes, 100 minutes, then once a day.
 * For {@link retryTransient} around a whole issuance.
 */
export const failedIssuanceSchedule: RetryPolicy = /* @__PURE__ */ retrySchedule([
  minuteMs,
  10 * minuteMs,
  100 * minuteMs,
  24 * 60 * minuteMs,
]);
