import type { Order } from '../model/order.js';
import { readIdentifier } from './decode-identifier.js';
import { decodeProblem } from './decode-problem.js';
import { defined } from './defined.js';
import {
  contextOf,
  membersOf,
  optionalInstant,
  optionalUrl,
  type Received,
  requiredObjects,
  requiredString,
  requiredUrl,
  requiredUrls,
} from './received.js';
import { ownMember, textOf } from './tolerant.js';

/**
 * An order, in any status. Dates, `profile`, `replaces` and `error` are left out where they are malformed. Throws {@link AcmeProtocolError}
 * where `status`, `identifiers`, `authorizations` or `finalize` is missing or malformed, or `certificate` is no
 * absolute URL.
 *
 * @see RFC 8555 §7.1.3, RFC 9773 §5
 */
export function decodeOrder(received: Received): Order {
  const members = membersOf(received, 'order');
  return defined({
    status: requiredString(members, 'status'),
    expiresAt: optionalInstant(members, 'expires'),
    identifiers: requiredObjects(members, 'identifiers').map(readIdentifier),
    notBeforeAt: optionalInstant(members, 'notBefore'),
    notAfterAt: optionalInstant(members, 'notAfter'),
    profile: textOf(members.object, 'profile'),
    replaces: textOf(members.object, 'replaces'),
    error: decodeProblem(ownMember(members.object, 'error')),
    authorizations: requiredUrls(members, 'authorizations'),
    finalize: requiredUrl(members, 'finalize'),
    certificate: optionalUrl(members, 'certificate') ?? optionalUrl(members, 'star-certificate'),
    raw: members.object,
    ...contextOf(received),
  });
}
