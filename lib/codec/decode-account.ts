import type { Account, AccountBinding } from '../model/account.js';
import type { JsonObject } from '../model/json.js';
import { defined } from './defined.js';
import { contextOf, membersOf, optionalInstant, optionalString, optionalUrl, type Received } from './received.js';
import { flagOf, isObject, ownMember, textOf, textsOf } from './tolerant.js';
import { isAbsoluteUrl } from './url.js';

/**
 * An account. `status` is `valid` where the server leaves it out. Members of extensions are left out where they are
 * malformed. Throws {@link AcmeProtocolError} where the body is not an object, `status` not a string or `orders` no
 * absolute URL.
 *
 * @see RFC 8555 §7.1.2, RFC 9115 §2.3.1.1
 */
export function decodeAccount(received: Received): Account {
  const members = membersOf(received, 'account');
  const delegations = textOf(members.object, 'delegations');
  return defined({
    status: optionalString(members, 'status') ?? 'valid',
    contacts: textsOf(members.object, 'contact'),
    termsOfServiceAgreed: flagOf(members.object, 'termsOfServiceAgreed'),
    orders: optionalUrl(members, 'orders'),
    externalAccountBinding: bindingOf(members.object),
    delegations: delegations !== undefined && isAbsoluteUrl(delegations) ? delegations : undefined,
    createdAt: optionalInstant(members, 'createdAt'),
    initialIp: textOf(members.object, 'initialIp'),
    raw: members.object,
    ...contextOf(received),
  });
}

function bindingOf(account: JsonObject): AccountBinding | undefined {
  const binding = ownMember(account, 'externalAccountBinding');
  const isWhole = isObject(binding) && ['protected', 'payload', 'signature'].every((name) => textOf(binding, name));
  return isWhole ? (binding as unknown as AccountBinding) : undefined;
}
