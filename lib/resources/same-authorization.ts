import { identifierKey } from '../codec/identifier.js';
import { protocolFault } from '../model/errors/protocol-error.js';
import type { Authorization } from '../model/authorization.js';

/** An authorization as it is now. Throws {@link AcmeProtocolError} where it is about something else than it was. */
export function sameAuthorization<T extends Pick<Authorization, 'url' | 'identifier'>>(
  before: Pick<Authorization, 'identifier'>,
  now: T,
): T {
  if (identifierKey(now.identifier) === identifierKey(before.identifier)) return now;
  const { url } = now;
  const fault = `the authorization was for ${before.identifier.value} and is for ${now.identifier.value} now`;
  throw protocolFault(url, fault);
}
