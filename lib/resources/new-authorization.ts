import { concatMap, map, type Observable, of } from 'rxjs';
import { decodeAuthorization } from '../codec/decode-authorization.js';
import { readDirectoryExtensions } from '../codec/directory-extensions.js';
import { toIdentifiers } from '../codec/identifier.js';
import type { Authorization } from '../model/authorization.js';
import type { Directory } from '../model/directory.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { Identifier, IdentifierInput } from '../model/identifier.js';
import type { AcmeAccount } from '../request/account.js';
import { decode } from '../request/decode.js';
import { getDirectory } from '../request/get-directory.js';
import { located } from '../request/response.js';
import { signedRequest } from '../request/signed-request.js';
import { sameAuthorization } from './same-authorization.js';

/** Options of {@link newAuthorization}. */
export interface NewAuthorizationOptions {
  /** Whether the authorization is to be good for the subdomains of the identifier too, RFC 9444. Default: false. */
  readonly subdomainAuthAllowed?: boolean | undefined;
}

/**
 * Asks for an authorization ahead of any order. An order for the identifier uses it once it is valid: with all of its
 * authorizations, it is ready at once. Few servers offer this.
 *
 * Emits once: the authorization, usually pending, `url` being where to find it again; then completes. Whoever answers one
 * of its challenges looks at it with {@link pollAuthorization}; {@link authorizeIdentifier} does all of that.
 *
 * Errors: {@link AcmeUnsupportedError} where the server has no pre-authorization, or none for subdomains, before
 * anything is sent; {@link AcmeProblemError} (`rejectedIdentifier`, `unsupportedIdentifier`, `malformed`);
 * {@link AcmeRateLimitedError}; {@link AcmeProtocolError} if the reply is not an authorization, or one for another
 * identifier; {@link AcmeTransportError}. Cost: one POST, one nonce (plus directory and newNonce where the session has
 * none). Throws `TypeError` on an identifier that cannot be one, and on a wildcard: only an order can ask for that.
 *
 * @example
 * ```ts
 * const status$ = newAuthorization(account, 'example.org', { subdomainAuthAllowed: true }).pipe(
 *   map(({ url, status, challenges }) => [url, status, challenges.map(({ type }) => type)]),
 * );
 * ```
 *
 * @see RFC 8555 §7.4.1, RFC 9444 §4.3
 */
export function newAuthorization(
  account: AcmeAccount,
  identifier: IdentifierInput,
  { subdomainAuthAllowed = false }: NewAuthorizationOptions = {},
): Observable<Authorization> {
  const [asked] = toIdentifiers([identifier], account.session.state.identifierTypes) as [Identifier];
  if (asked.type === 'dns' && asked.value.startsWith('*.')) {
    throw new TypeError(`newAuthorization: ${asked.value} is a wildcard, which only an order can ask for`);
  }
  const payload = { identifier: subdomainAuthAllowed ? { ...asked, subdomainAuthAllowed } : asked };
  return getDirectory(account.session).pipe(
    concatMap((directory) => {
      const url = offeredUrl(directory, subdomainAuthAllowed);
      return of({ url, payload, recovery: 'repeat' } as const).pipe(
        signedRequest(account),
        map((response) => located(response, 'authorization')),
        decode(decodeAuthorization),
        map((authorization) => sameAuthorization({ identifier: asked }, authorization)),
      );
    }),
  );
}

function offeredUrl(directory: Directory, forSubdomains: boolean): string {
  const { newAuthz, url } = directory;
  if (newAuthz === undefined) {
    throw new AcmeUnsupportedError('the server authorizes nothing ahead of an order: it has no newAuthz', { url });
  }
  if (forSubdomains && readDirectoryExtensions(directory).subdomainAuthAllowed !== true) {
    throw new AcmeUnsupportedError('the server authorizes no subdomains: meta.subdomainAuthAllowed is not true', {
      url,
    });
  }
  return newAuthz;
}
