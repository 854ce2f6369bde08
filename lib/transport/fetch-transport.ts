import { protocolFault } from '../model/errors/protocol-error.js';
import type { AcmeTransport } from '../model/ports.js';
import { exchangeByFetch, type FetchTransportOptions } from './fetch-exchange.js';

/**
 * The transport over `fetch`. Redirects are not followed, nothing is cached, no credentials are sent.
 *
 * Emits each response once, read to its end, then completes. Errors with what `fetch` rejects with. Unsubscribing
 * aborts the exchange, body included. Cost: one request.
 *
 * @see RFC 8555 §6.1
 */
export const fetchTransport =
  (options: FetchTransportOptions = {}): AcmeTransport =>
  (request) =>
    exchangeByFetch(request, protocolFault, options);
