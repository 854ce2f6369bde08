import type { Account } from '../model/account.js';
import { defined } from './defined.js';
import { contextOf, membersOf, optionalString, optionalUrl, type Received } from './received.js';
import { flagOf, textsOf } from './tolerant.js';

/**
 * An account. `status` is `valid` where the server leaves it out. Throws {@link AcmeProtocolError} where the body is
 * not an object, `status` not a string or `orders` no absolute URL.
 *
 * @see RFC 8555 §7.1.2
 */
export function decodeAccount(received: Received): Account {
  const members = membersOf(received, 'account');
  return defined({
    ...contextOf(received),
    status: optionalString(members, 'status') ?? 'valid',
    contacts: textsOf(members.object, 'contact'),
    termsOfServiceAgreed: flagOf(members.object, 'termsOfServiceAgreed'),
    orders: optionalUrl(members, 'orders'),
    raw: members.object,
  });
}
