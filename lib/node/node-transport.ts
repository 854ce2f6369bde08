import { Agent as HttpAgent } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import type { AcmeTransport } from '../model/ports.js';
import { exchangeByNode } from './https-exchange.js';
import { type ProxyChoice, proxyFromEnvironment, proxyUrl } from './proxy-choice.js';
import { throughProxy } from './tunnel.js';

/** How long a connection is kept that nobody uses: what lies between may have forgotten it. */
const idleMs = 60_000;

/** Options of {@link nodeTransport}: those of Node's `https.Agent`, some of which are named here. */
export interface NodeTransportOptions extends AgentOptions {
  /** The roots to trust instead of Node's own, PEM. */
  readonly ca?: AgentOptions['ca'] | undefined;
  /** The client certificate to show, PEM. */
  readonly cert?: AgentOptions['cert'] | undefined;
  /** The key of that certificate, PEM. */
  readonly key?: AgentOptions['key'] | undefined;
  /**
   * The URL of an HTTP proxy to go through, with a name and a password in it where it wants them; `false` for none.
   * Default: what `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say when the transport is made; none for loopback addresses.
   */
  readonly proxy?: string | false | undefined;
}

/**
 * The transport for Node: its own HTTP client, which costs less time and memory than `fetch` does. Also the one for a
 * server with roots of its own, one that asks for a client certificate, and one behind a proxy. Keeps connections alive
 * for a minute (`timeout`), and until it is closed; `closeSession` does that. `maxSockets` is not for proxies: where one
 * refuses, what waits for a place is not served; a session's `maxRequestsInFlight` is. Redirects are not followed, encoded answers are not taken.
 *
 * Emits each response once, read to its end, then completes. Errors with what the connection fails with, also where an
 * answer ends too early; `AcmeProtocolError` where it is too large. Unsubscribing aborts the exchange at any
 * moment. Cost: one request; connections are used again. Throws `TypeError` on a proxy that is no URL.
 *
 * @example
 * ```ts
 * const session = acmeSession({
 *   directoryUrl: 'https://ca.internal/directory',
 *   transport: nodeTransport({ ca: '-----BEGIN CERTIFICATE-----\n…', proxy: 'http://proxy.internal:3128' }),
 * });
 * ```
 *
 * @see RFC 8555 §6.1
 */
export function nodeTransport({ proxy, ...options }: NodeTransportOptions = {}): AcmeTransport {
  const agents = new Map<string, HttpAgent>();
  const choice = proxyChoice(proxy);
  const make = (isHttps: boolean) =>
    isHttps
      ? new Agent({ keepAlive: true, timeout: idleMs, ...options })
      : new HttpAgent({ keepAlive: true, timeout: idleMs });
  const agentFor = (url: URL): HttpAgent => {
    const through = choice(url);
    const name = `${url.protocol} ${through?.href ?? ''}`;
    const kept = agents.get(name);
    if (kept !== undefined) return kept;
    const agent = make(url.protocol === 'https:');
    agents.set(name, through === undefined ? agent : throughProxy(agent, through));
    return agent;
  };
  return Object.assign((request: Parameters<AcmeTransport>[0]) => exchangeByNode(request, agentFor), {
    close: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  });
}

function proxyChoice(proxy: string | false | undefined): ProxyChoice {
  if (proxy === undefined) return proxyFromEnvironment(process.env);
  if (proxy === false) return () => undefined;
  const url = proxyUrl(proxy, 'proxy');
  return () => url;
}
