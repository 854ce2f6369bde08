import { isBase64urlText } from '../../codec/base64url.js';
import { decodeChallenge, type ReceivedChallenge } from '../../codec/decode-challenge.js';
import { readIdentifier } from '../../codec/decode-identifier.js';
import { defined } from '../../codec/defined.js';
import {
  booleanOrFalse,
  failMember,
  type Members,
  membersOf,
  optionalInstant,
  optionalString,
  requiredObject,
  requiredObjects,
  requiredString,
  requiredUrl,
} from '../../codec/received.js';
import { AcmeInputError } from '../../model/errors/input-error.js';
import type { JournalEntry, OrderEntry, PresentedEntry } from '../../model/journal.js';
import type { ChallengeTask } from '../../model/ports.js';
import { withoutSecretsInPrint } from '../challenge-task.js';

const version = 1;

/**
 * An entry of a journal as text, for whoever keeps one: unlike `JSON.stringify`, with the secrets that are in it. One line,
 * JSON, read by {@link decodeJournalEntry}.
 */
export function encodeJournalEntry(entry: JournalEntry): string {
  if (entry.type === 'order') return JSON.stringify({ version, ...entry });
  const { task } = entry;
  const { token, keyAuthorization, keyAuthorizationDigest, accountUrlDigest, thumbprint } = task;
  const { raw, type, url, status } = task.challenge;
  const challenge = { ...task.challenge, raw: { ...raw, type, url, status } };
  const secrets = { token, keyAuthorization, keyAuthorizationDigest, accountUrlDigest, thumbprint, challenge };
  return JSON.stringify({ version, ...entry, task: { ...task, ...secrets } });
}

/**
 * The entry of a journal that a text holds. Throws {@link AcmeInputError} where it holds none, or one that a later version
 * wrote; the message repeats nothing of it.
 */
export function decodeJournalEntry(text: string): JournalEntry {
  const fail = (fault: string, cause?: unknown) => {
    throw new AcmeInputError(`not a journal entry: ${fault}`, cause === undefined ? {} : { cause });
  };
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return fail('it is not JSON, or was cut off'); // The cause would quote the text.
  }
  try {
    const members = membersOf({ raw }, 'journal entry');
    const { type, version: found } = members.object;
    if (found !== version) return fail(`its version is not ${version}`);
    if (type === 'order') return orderEntry(members);
    return type === 'presented' ? presentedEntry(members) : fail('its type is unknown to this version of rxacme');
  } catch (cause) {
    return cause instanceof AcmeInputError || !(cause instanceof Error) ? raise(cause) : fail(cause.message, cause);
  }
}

/** The entry for a task that is about to be presented. */
export function presentedEntryOf(task: ChallengeTask, at: Date, solver: string | undefined): PresentedEntry {
  const { identifier, wildcard, type, challenge, accountUrl, orderUrl } = task;
  const { token, keyAuthorization, keyAuthorizationDigest, accountUrlDigest, thumbprint } = task;
  const secrets = { token, keyAuthorization, keyAuthorizationDigest, accountUrlDigest, thumbprint };
  const kept = defined({ identifier, wildcard, type, challenge, accountUrl, orderUrl, ...secrets });
  return defined({
    type: 'presented' as const,
    id: challenge.url,
    at,
    challengeType: type,
    solver,
    orderUrl,
    task: withoutSecretsInPrint(kept),
  });
}

const raise = (error: unknown): never => {
  throw error;
};

const base = (members: Members) => ({
  id: requiredString(members, 'id'),
  at: optionalInstant(members, 'at') ?? failMember(members, 'at', 'an instant', 'none'),
});

const orderEntry = (members: Members): OrderEntry =>
  defined({
    type: 'order' as const,
    ...base(members),
    orderUrl: requiredUrl(members, 'orderUrl'),
    accountUrl: requiredUrl(members, 'accountUrl'),
    identifiers: requiredObjects(members, 'identifiers').map(readIdentifier),
    expiresAt: optionalInstant(members, 'expiresAt'),
    keyReference: optionalString(members, 'keyReference'),
    csr: optionalString(members, 'csr'),
  });

const presentedEntry = (members: Members): PresentedEntry =>
  defined({
    type: 'presented' as const,
    ...base(members),
    challengeType: requiredString(members, 'challengeType'),
    solver: optionalString(members, 'solver'),
    orderUrl: optionalString(members, 'orderUrl'),
    task: decodeTask(requiredObject(members, 'task')),
  });

function decodeTask(members: Members): ChallengeTask {
  const token = optionalString(members, 'token');
  if (token !== undefined && !isBase64urlText(token)) failMember(members, 'token', 'base64url text', 'none');
  const { object } = requiredObject(members, 'challenge');
  return withoutSecretsInPrint(
    defined({
      identifier: readIdentifier(requiredObject(members, 'identifier')),
      wildcard: booleanOrFalse(members, 'wildcard'),
      type: requiredString(members, 'type'),
      accountUrl: requiredString(members, 'accountUrl'),
      orderUrl: optionalString(members, 'orderUrl'),
      token,
      keyAuthorization: optionalString(members, 'keyAuthorization'),
      keyAuthorizationDigest: optionalString(members, 'keyAuthorizationDigest'),
      accountUrlDigest: optionalString(members, 'accountUrlDigest'),
      thumbprint: optionalString(members, 'thumbprint'),
      challenge: decodeChallenge(object as unknown as ReceivedChallenge),
    }),
  );
}
