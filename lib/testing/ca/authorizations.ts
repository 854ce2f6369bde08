import { catchError, defer, map, type Observable, of } from 'rxjs';
import type { Identifier } from '../../model/identifier.js';
import { keyAuthorization } from '../../signing/key-authorization.js';
import type { CaCore } from './operation.js';
import { internalError } from './refusal.js';
import type { AccountRecord, AuthorizationRecord, ChallengeRecord } from './records.js';

const lifetimeMs = 7 * 24 * 3_600_000;

/** Makes a pending authorization with the challenges that are offered for its identifier. */
export function newAuthorization(
  ca: CaCore,
  account: AccountRecord,
  identifier: Identifier,
  wildcard: boolean,
): AuthorizationRecord {
  const { store, settings } = ca;
  const authorization: AuthorizationRecord = {
    ...store.newResource('authorization'),
    account,
    identifier,
    wildcard,
    expiresAt: new Date(ca.now().getTime() + lifetimeMs),
    challenges: [],
    status: 'pending',
    orders: 0,
  };
  authorization.challenges = settings.challenges(identifier, wildcard).map((offer) => {
    const challenge: ChallengeRecord = {
      ...store.newResource('challenge'),
      ...offer,
      authorization,
      status: 'pending',
    };
    store.challenges.set(challenge.id, challenge);
    return challenge;
  });
  store.authorizations.set(authorization.id, authorization);
  return authorization;
}

/**
 * Validates a challenge, and settles it and its authorization by the outcome.
 *
 * Emits once, when it is settled, then completes.
 *
 * @see RFC 8555 §7.1.6, §7.5.1
 */
export function validated(ca: CaCore, challenge: ChallengeRecord): Observable<void> {
  const { authorization } = challenge;
  const expected = keyAuthorization(challenge.token ?? '', authorization.account.thumbprint);
  return defer(() => ca.settings.validate(challenge, expected)).pipe(
    catchError((error: unknown) => of(internalError(error))),
    map((problem) => {
      if (authorization.status !== 'pending') return;
      challenge.status = problem === undefined ? 'valid' : 'invalid';
      if (problem === undefined) challenge.validatedAt = ca.now();
      else challenge.error = problem;
      authorization.status = challenge.status;
    }),
  );
}
