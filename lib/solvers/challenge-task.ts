import { defer, map, type Observable, of } from 'rxjs';
import { encodeBase64url } from '../codec/base64url.js';
import { toIdentifier } from '../codec/identifier.js';
import { encodeUtf8 } from '../codec/utf8.js';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { Identifier } from '../model/identifier.js';
import type { Authorization } from '../model/authorization.js';
import type { Challenge } from '../model/challenge.js';
import type { ChallengeTask } from '../model/ports.js';
import type { AcmeAccount } from '../request/account.js';
import { callPort } from '../request/port.js';
import { keyAuthorization } from '../signing/key-authorization.js';

const hidden = ['token', 'keyAuthorization', 'keyAuthorizationDigest', 'challenge'] as const;

/**
 * What a solver needs for one challenge.
 *
 * Emits once: the task; then completes. Errors: {@link AcmePortError} where the digest fails; {@link AcmeProtocolError}
 * where the server's identifier is none. Cost: one digest, no
 * request.
 *
 * @param thumbprint The account key's.
 * @see RFC 8555 §8.1, §8.4
 */
export function challengeTask(
  account: AcmeAccount,
  thumbprint: string,
  { identifier, wildcard }: Pick<Authorization, 'identifier' | 'wildcard'>,
  challenge: Challenge,
): Observable<ChallengeTask> {
  return defer(() => {
    const asked = checkedIdentifier(identifier, account.url);
    const task = {
      ...asked,
      wildcard: asked.wildcard || wildcard,
      type: challenge.type,
      accountUrl: account.url,
      challenge,
    };
    const { token } = challenge;
    if (token === undefined) return of(withoutSecretsInPrint(task));
    const authorization = keyAuthorization(token, thumbprint);
    return callPort('digest', () => account.session.state.digest(encodeUtf8(authorization))).pipe(
      map((digest) =>
        withoutSecretsInPrint({
          ...task,
          token,
          keyAuthorization: authorization,
          keyAuthorizationDigest: encodeBase64url(digest),
        }),
      ),
    );
  });
}

/** Solvers make record and file names of it, so it must be what it says it is, and in the form that we know. */
function checkedIdentifier(identifier: Identifier, url: string): Pick<ChallengeTask, 'identifier' | 'wildcard'> {
  if (!['dns', 'ip'].includes(identifier.type)) return { identifier, wildcard: false };
  try {
    const { type, value } = toIdentifier(identifier);
    const wildcard = value.startsWith('*.');
    return { identifier: { type, value: wildcard ? value.slice(2) : value }, wildcard };
  } catch (cause) {
    const shown = JSON.stringify(identifier.value).slice(0, 300);
    throw new AcmeProtocolError(`the server wants ${shown} proven, which is no identifier`, { url, cause });
  }
}

/** Printing and serialising look at enumerable members only. */
function withoutSecretsInPrint(task: ChallengeTask): ChallengeTask {
  for (const member of hidden) {
    if (member in task) Object.defineProperty(task, member, { value: task[member], enumerable: false });
  }
  return task;
}
