import { map, of } from 'rxjs';
import { validated } from '../authorizations.js';
import type { CaCore, Call, Operation } from '../operation.js';
import { type AuthorizationRecord, authorizationStatus, type ChallengeRecord } from '../records.js';
import { problemDocument, refuse } from '../refusal.js';
import type { Reply } from '../reply.js';

/** @see RFC 8555 §7.1.4, §7.5.2 */
export const authorization: Operation = {
  name: 'authorization',
  path: 'authorization',
  byId: true,
  signedBy: 'account',
  handle: (ca, { id, account, payload }) => {
    const own = ownOf(ca.store.authorizations.get(id), account);
    if (payload !== undefined) {
      if (payload['status'] !== 'deactivated') refuse('malformed', 'an authorization can only be deactivated');
      const status = authorizationStatus(own, ca.now());
      if (!['pending', 'valid', 'deactivated'].includes(status)) refuse('malformed', `the authorization is ${status}`);
      own.status = 'deactivated';
    }
    return of(authorizationReply(ca, own));
  },
};

/** @see RFC 8555 §7.1.5, §7.5.1 */
export const challenge: Operation = {
  name: 'challenge',
  path: 'challenge',
  byId: true,
  signedBy: 'account',
  handle: (ca, { id, account, payload }) => {
    const found = ca.store.challenges.get(id);
    const own = ownOf(found?.authorization, account);
    const asked = found as ChallengeRecord;
    const reply = () => challengeReply(asked, ca.settings.retryAfter);
    if (payload === undefined) return of(reply());
    const status = authorizationStatus(own, ca.now());
    if (status !== 'pending' || asked.status !== 'pending')
      refuse('malformed', `the challenge is ${asked.status}, its authorization ${status}`);
    asked.status = 'processing';
    asked.response = payload;
    const done$ = ca.background(validated(ca, asked));
    return ca.settings.validationInAnswer ? done$.pipe(map(reply)) : of(reply());
  },
};

function ownOf(found: AuthorizationRecord | undefined, account: Call['account']): AuthorizationRecord {
  if (found === undefined) return refuse('malformed', 'there is no such authorization', { status: 404 });
  return found.account === account ? found : refuse('unauthorized', 'this belongs to another account');
}

/** An authorization as it is shown. */
export function authorizationReply(ca: CaCore, record: AuthorizationRecord): Reply {
  const { retryAfter } = ca.settings;
  const { identifier, wildcard, expiresAt, challenges } = record;
  const status = authorizationStatus(record, ca.now());
  const working = status === 'pending' && challenges.some((each) => each.status === 'processing');
  return {
    status: 200,
    ...(working && retryAfter !== undefined ? { headers: { 'retry-after': retryAfter } } : {}),
    json: {
      identifier,
      status,
      expires: expiresAt.toISOString(),
      ...(wildcard ? { wildcard } : {}),
      ...(record.subdomains === true ? { subdomainAuthAllowed: true } : {}),
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
