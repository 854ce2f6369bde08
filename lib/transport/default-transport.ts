import { defer, switchMap } from 'rxjs';
import { protocolFault } from '../model/errors/protocol-error.js';
import type { AcmeTransport } from '../model/ports.js';

/** Who brings another transport never loads this one. The module system loads it once, and again only where that failed. */
const loadFetch = () => import('./fetch-exchange.js');

/**
 * The transport over `fetch`, loaded at the first request. It is handed what makes its errors: a module that is needed
 * both now and then would be a file of its own.
 */
export const defaultTransport: AcmeTransport = (request) =>
  defer(loadFetch).pipe(switchMap(({ exchangeByFetch }) => exchangeByFetch(request, protocolFault)));
