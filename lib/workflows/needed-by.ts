import { map, type MonoTypeOperatorFunction } from 'rxjs';
import { identifierKey } from '../codec/identifier.js';
import type { Authorization } from '../model/authorization.js';
import { protocolFault } from '../model/errors/protocol-error.js';
import type { Identifier } from '../model/identifier.js';
import type { Order } from '../model/order.js';

/**
 * Passes authorizations on. Errors with {@link AcmeProtocolError} at one that no identifier of the order needs: its own,
 * that of a wildcard without `*.`, or a domain above it.
 *
 * @see RFC 8555 §7.1.4, RFC 9444 §4.1
 */
export const neededBy = ({ identifiers }: Order): MonoTypeOperatorFunction<Authorization> =>
  map((authorization) => {
    const { identifier, url } = authorization;
    if (identifiers.some((each) => isNeeded(identifier, each))) return authorization;
    throw protocolFault(url, `the authorization is for ${identifier.value}, which the order is not for`);
  });

function isNeeded(proven: Identifier, ordered: Identifier): boolean {
  if (proven.type !== ordered.type) return false;
  const below = ({ value }: Identifier) => `.${value.toLowerCase().replace(/^\*\./, '')}`;
  if (proven.type === 'dns') return below(ordered).endsWith(below(proven));
  // How servers write values of other types is not known here.
  return proven.type !== 'ip' || identifierKey(proven) === identifierKey(ordered);
}
