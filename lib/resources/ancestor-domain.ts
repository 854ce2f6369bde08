import { readDirectoryExtensions } from '../codec/directory-extensions.js';
import { toIdentifier } from '../codec/identifier.js';
import { AcmeUnsupportedError } from '../model/errors/unsupported-error.js';
import type { Identifier } from '../model/identifier.js';
import type { JsonObject } from '../model/json.js';
import type { OrderExtension } from '../model/order-extension.js';

/**
 * Lets the server ask for control of an ancestor domain instead of each of the names below it. It may do so or not: the
 * solvers have to be able to prove both.
 *
 * Emits nothing: the value goes into the `extensions` of a new order, which errors with {@link AcmeUnsupportedError}
 * before anything is sent where the server does not know of such. Names of the order that are not below the domain stay as
 * they are. Cost: none. Throws `TypeError` if it is no host name.
 *
 * @example
 * ```ts
 * const issued$ = obtainCertificate(account, {
 *   identifiers: ['a.example.org', 'b.example.org'],
 *   solvers: [dns01({ add: (record) => of(record.name), remove: (record) => of(record.name) })],
 *   extensions: [ancestorDomain('example.org')],
 * });
 * ```
 *
 * @see RFC 9444 §4.2
 */
export function ancestorDomain(domain: string): OrderExtension {
  const { value } = toIdentifier({ type: 'dns', value: domain });
  if (value.startsWith('*.')) throw new TypeError('ancestorDomain: the domain must be a host name without "*."');
  return (directory, { identifiers }): JsonObject => {
    if (readDirectoryExtensions(directory).subdomainAuthAllowed !== true) {
      throw new AcmeUnsupportedError(
        'the server authorizes no subdomains by their ancestor: meta.subdomainAuthAllowed is not true',
        { url: directory.url },
      );
    }
    const named = identifiers.map((identifier) =>
      isBelow(identifier, value) ? { ...identifier, ancestorDomain: value } : identifier,
    );
    return { identifiers: named };
  };
}

const isBelow = ({ type, value }: Identifier, domain: string): boolean =>
  type === 'dns' && value.endsWith(`.${domain}`);
