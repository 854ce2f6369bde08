import { catchError, defer, map, type Observable, of } from 'rxjs';
import type { Identifier } from '../../model/identifier.js';
import { keyAuthorization } from '../../signing/key-authorization.js';
import type { CaCore } from './operation.js';
import { internalError } from './refusal.js';
import { type AccountRecord, type AuthorizationRecord, authorizationStatus, type ChallengeRecord } from './records.js';

/** Makes a pending authorization with the challenges that are offered for its identifier. */
export function newAuthorization(
  ca: CaCore,
  account: AccountRecord,
  identifier: Identifier,
  wildcard: boolean,
): AuthorizationRecord {
  const { store, settings } = ca;
  const authorization: AuthorizationRecord = {
    account,
    identifier,
    wildcard,
    expiresAt: new Date(ca.now().getTime() + settings.pendingMs),
    challenges: [],
    status: 'pending',
    orders: 0,
    ...store.newResource('authorization'),
  };
  authorization.challenges = settings.challenges(identifier, wildcard).map((offer) => {
    const challenge: ChallengeRecord = {
      authorization,
      status: 'pending',
      ...offer,
      ...store.newResource('challenge'),
    };
    store.challenges.set(challenge.id, challenge);
    return challenge;
  });
  store.authorizations.set(authorization.id, authorization);
  return authorization;
}

/** A valid authorization that the account has already, for the same name and kind of name. */
export function validOne(
  ca: CaCore,
  { orders }: AccountRecord,
  { type, value }: Identifier,
  wildcard: boolean,
): AuthorizationRecord | undefined {
  const now = ca.now();
  return orders
    .flatMap(({ authorizations }) => authorizations)
    .find(
      (each) =>
        authorizationStatus(each, now) === 'valid' &&
        each.wildcard === wildcard &&
        each.identifier.type === type &&
        each.identifier.value === value,
    );
}

/** A valid authorization that the account asked for ahead of any order. It is not for wildcards. */
export const preAuthorizedOne = (
  ca: CaCore,
  account: AccountRecord,
  { type, value }: Identifier,
  wildcard: boolean,
): AuthorizationRecord | undefined =>
  account.preAuthorizations.find(
    (each) =>
      !wildcard &&
      each.identifier.type === type &&
      each.identifier.value === value &&
      authorizationStatus(each, ca.now()) === 'valid',
  );

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
      if (authorizationStatus(authorization, ca.now()) !== 'pending') return;
      if (problem !== undefined) {
        challenge.error = problem;
        challenge.status = ca.settings.failedChallenges ?? 'invalid';
      } else {
        challenge.validatedAt = ca.now();
        challenge.status = 'valid';
        delete challenge.error;
      }
      authorization.status = challenge.status;
    }),
  );
}
