import type { JsonValue } from '../model/json.js';
import type { ProblemDocument } from '../model/problem.js';
import type { ChallengeTask } from '../model/ports.js';

/** A shorter text is not a token that protects anything, and may be a word. */
const shortest = 16;

/** What must not be read in a message about a challenge. */
export const secretsOf = ({
  token,
  keyAuthorization,
  keyAuthorizationDigest,
}: Pick<ChallengeTask, 'token' | 'keyAuthorization' | 'keyAuthorizationDigest'>): readonly string[] =>
  [keyAuthorization, keyAuthorizationDigest, token].filter(
    (each) => each !== undefined && each.length >= shortest,
  ) as string[];

/** A text with a placeholder for each secret in it. */
export const scrubbed = (text: string, secrets: readonly string[]): string =>
  secrets.reduce((rest, secret) => rest.replaceAll(secret, '<token>'), text);

/** A problem document with a placeholder for each secret in its texts: servers quote what they asked for. */
export const scrubbedProblem = (problem: ProblemDocument, secrets: readonly string[]): ProblemDocument =>
  scrubbedValue(problem as unknown as JsonValue, secrets) as unknown as ProblemDocument;

function scrubbedValue(value: JsonValue, secrets: readonly string[]): JsonValue {
  if (typeof value === 'string') return scrubbed(value, secrets);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => scrubbedValue(each as JsonValue, secrets));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, scrubbedValue(each, secrets)]));
}
