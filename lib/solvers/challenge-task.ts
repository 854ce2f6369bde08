import { concatMap, defer, map, type Observable, of } from 'rxjs';
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

/** What is no secret and worth printing. */
const printed = ['identifier', 'wildcard', 'type', 'accountUrl', 'orderUrl'];

/**
 * What a solver needs for one challenge.
 *
 * Emits once: the task; then completes. Errors: {@link AcmePortError} where the digest fails; {@link AcmeProtocolError}
 * where the server's identifier is none. Cost: one digest, two for `dns-account-01`, none without a token; no request.
 *
 * @param thumbprint The account key's.
 * @see RFC 8555 §8.1, §8.4
 */
export function challengeTask(
  account: AcmeAccount,
  thumbprint: string,
  { identifier, wildcard, orderUrl }: Pick<Authorization, 'identifier' | 'wildcard'> & Pick<ChallengeTask, 'orderUrl'>,
  challenge: Challenge,
): Observable<ChallengeTask> {
  return defer(() => {
    const asked = checkedIdentifier(identifier, account.url);
    const { digest } = account.session.state;
    const task = {
      ...asked,
      wildcard: asked.wildcard || wildcard,
      type: challenge.type,
      accountUrl: account.url,
      thumbprint,
      digest,
      challenge,
      ...(orderUrl && { orderUrl }),
    };
    const { token } = challenge;
    if (token === undefined) return of(withoutSecretsInPrint(task));
    const authorization = keyAuthorization(token, thumbprint);
    const hash = (text: string) => callPort('digest', () => digest(encodeUtf8(text))).pipe(map(encodeBase64url));
    return hash(authorization).pipe(
      concatMap((keyAuthorizationDigest) =>
        challenge.type === 'dns-account-01'
          ? hash(account.url).pipe(map((accountUrlDigest) => ({ keyAuthorizationDigest, accountUrlDigest })))
          : of({ keyAuthorizationDigest }),
      ),
      map((digests) => withoutSecretsInPrint({ ...task, token, keyAuthorization: authorization, ...digests })),
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
export function withoutSecretsInPrint(task: ChallengeTask): ChallengeTask {
  for (const member of Object.keys(task)) {
    if (!printed.includes(member)) Object.defineProperty(task, member, { enumerable: false });
  }
  return task;
}
