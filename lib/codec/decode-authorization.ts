import type { Authorization } from '../model/authorization.js';
import { readChallenge } from './decode-challenge.js';
import { readIdentifier } from './decode-identifier.js';
import { defined } from './defined.js';
import {
  booleanOrFalse,
  contextOf,
  membersOf,
  optionalInstant,
  type Received,
  requiredObject,
  requiredObjects,
  requiredString,
} from './received.js';
import { flagOf } from './tolerant.js';

/**
 * An authorization, in any status, with its challenges of any type. Throws {@link AcmeProtocolError} where
 * `identifier`, `status` or `challenges` is missing or malformed, or `wildcard` not a boolean.
 *
 * @see RFC 8555 §7.1.4, RFC 9444 §4.1
 */
export function decodeAuthorization(received: Received): Authorization {
  const members = membersOf(received, 'authorization');
  return defined({
    identifier: readIdentifier(requiredObject(members, 'identifier')),
    status: requiredString(members, 'status'),
    expiresAt: optionalInstant(members, 'expires'),
    challenges: requiredObjects(members, 'challenges').map((challenge) => readChallenge(challenge, received.url)),
    wildcard: booleanOrFalse(members, 'wildcard'),
    subdomainAuthAllowed: flagOf(members.object, 'subdomainAuthAllowed'),
    raw: members.object,
    ...contextOf(received),
  });
}
