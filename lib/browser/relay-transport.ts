import type { AcmeTransport } from '../model/ports.js';
import type { BackEndOptions } from './ask-back-end.js';
import { backEndUrl, sameOriginTransport } from './same-origin-transport.js';

/** Options of {@link relayTransport}. How long an answer may take is the session's `requestTimeoutMs`. */
export type RelayTransportOptions = Omit<BackEndOptions, 'timeoutMs' | 'scheduler'>;

/**
 * The transport through a relay of the page's own origin, for authorities that do not let scripts read their answers.
 * The authority's URL goes along as the parameter `url`, and stays what it is inside of what is signed: the relay sends
 * the bytes on, and answers with the status, the body and the headers `Replay-Nonce`, `Location`, `Link`, `Retry-After`
 * and `Content-Type` as they came. What it can read and change is what any proxy could: nothing that is signed. What it
 * answers by itself reads as the authority's answer: it should say so in a line of `text/plain`, which becomes the
 * error's detail, and refuse whoever is not logged in by a status, not by the page of a login.
 *
 * Emits each response once, then completes. Errors with what the connection to the relay fails with. Unsubscribing aborts
 * the exchange. Cost: one request to the relay for each to the authority. Throws `TypeError` where `url` is none.
 *
 * @example
 * ```ts
 * const behindRelay = acmeSession({
 *   directoryUrl: directories.google,
 *   transport: relayTransport({ url: '/acme-relay' }),
 * });
 * ```
 *
 * @see RFC 8555 §6.1, §6.4
 */
export function relayTransport({
  url,
  headers = {},
  transport = sameOriginTransport(),
}: RelayTransportOptions): AcmeTransport {
  const relay = backEndUrl('relayTransport', url);
  return Object.assign(
    (request: Parameters<AcmeTransport>[0]) =>
      transport({ ...request, url: relayed(relay, request.url), headers: { ...headers, ...request.headers } }),
    { close: () => transport.close?.() },
  );
}

function relayed(relay: string, target: string): string {
  const url = new URL(relay);
  url.searchParams.set('url', target);
  return url.href;
}
