import { map, of } from 'rxjs';
import { validated } from '../authorizations.js';
import type { Call, Operation } from '../operation.js';
import type { AuthorizationRecord, ChallengeRecord } from '../records.js';
import { problemDocument, refuse } from '../refusal.js';
import type { Reply } from '../reply.js';

/** @see RFC 8555 §7.1.4, §7.5.2 */
export const authorization: Operation = {
  name: 'authorization',
  path: 'authorization',
  signedBy: 'account',
  handle: ({ store, settings }, { id, account, payload }) => {
    const own = ownOf(store.authorizations.get(id), account);
    if (payload !== undefined) {
      if (payload['status'] !== 'deactivated') refuse('malformed', 'an authorization can only be deactivated');
      own.status = 'deactivated';
    }
    return of(authorizationReply(own, settings.retryAfter));
  },
};

/** @see RFC 8555 §7.1.5, §7.5.1 */
export const challenge: Operation = {
  name: 'challenge',
  path: 'challenge',
  signedBy: 'account',
  handle: (ca, { id, account, payload }) => {
    const found = ca.store.challenges.get(id);
    const own = ownOf(found?.authorization, account);
    const asked = found as ChallengeRecord;
    const reply = () => challengeReply(asked, ca.settings.retryAfter);
    if (payload === undefined) return of(reply());
    if (own.status !== 'pending' || asked.status !== 'pending')
      refuse('malformed', `the challenge is ${asked.status}, its authorization ${own.status}`);
    asked.status = 'processing';
    if (ca.settings.validationInAnswer) return validated(ca, asked).pipe(map(reply));
    ca.background(validated(ca, asked));
    return of(reply());
  },
};

function ownOf(found: AuthorizationRecord | undefined, account: Call['account']): AuthorizationRecord {
  if (found === undefined) return refuse('malformed', 'there is no such authorization', { status: 404 });
  return found.account === account ? found : refuse('unauthorized', 'this belongs to another account');
}

function authorizationReply(
  { identifier, wildcard, status, expiresAt, challenges }: AuthorizationRecord,
  retryAfter: string | undefined,
): Reply {
  const working = status === 'pending' && challenges.some((each) => each.status === 'processing');
  return {
    status: 200,
    ...(working && retryAfter !== undefined ? { headers: { 'retry-after': retryAfter } } : {}),
    json: {
      identifier,
      status,
      expires: expiresAt.toISOString(),
      ...(wildcard ? { wildcard } : {}),
      challenges: challenges.map(challengeJson),
    },
  };
}

const challengeReply = (record: ChallengeRecord, retryAfter: string | undefined): Reply => ({
  status: 200,
  headers: {
    link: `<${record.authorization.url}>;rel="up"`,
    ...(record.status === 'processing' && retryAfter !== undefined ? { 'retry-after': retryAfter } : {}),
  },
  json: challengeJson(record),
});

const challengeJson = ({ type, url, status, token, more, validatedAt, error }: ChallengeRecord): object => ({
  type,
  url,
  status,
  ...(token === undefined ? {} : { token }),
  ...more,
  ...(validatedAt === undefined ? {} : { validated: validatedAt.toISOString() }),
  ...(error === undefined ? {} : { error: problemDocument(error) }),
});
