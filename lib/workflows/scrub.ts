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
  scrubbedJson(problem, secrets) as ProblemDocument;

/** Plain data with a placeholder for each secret in it. */
const scrubbedJson = (value: unknown, secrets: readonly string[]): unknown =>
  JSON.parse(scrubbed(JSON.stringify(value), secrets));

/** What a text of JSON would keep of a value, with a placeholder for each secret in it; `null` for what is no plain data. */
export function plainData(value: unknown, secrets: readonly string[]): unknown {
  try {
    return scrubbedJson(value, secrets);
  } catch {
    return null;
  }
}
