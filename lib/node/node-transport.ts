import { Agent as HttpAgent } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import type { AcmeTransport } from '../model/ports.js';
import { fetchTransport } from '../transport/fetch-transport.js';

/** Options of {@link nodeTransport}: those of Node's `https.Agent`, some of which are named here. */
export interface NodeTransportOptions extends AgentOptions {
  /** The roots to trust instead of Node's own, PEM. */
  readonly ca?: AgentOptions['ca'] | undefined;
  /** The client certificate to show, PEM. */
  readonly cert?: AgentOptions['cert'] | undefined;
  /** The key of that certificate, PEM. */
  readonly key?: AgentOptions['key'] | undefined;
}

/**
 * The transport for a server with roots of its own, or one that asks for a client certificate. Keeps connections
 * alive until it is closed; `closeSession` does that.
 *
 * Emits each response once, then completes. Errors with what the connection fails with. Unsubscribing aborts the
 * exchange. Cost: one request; connections are used again.
 *
 * @see RFC 8555 §6.1
 */
export function nodeTransport(options: NodeTransportOptions = {}): AcmeTransport {
  const agent = new Agent({ keepAlive: true, ...options });
  const plain = new HttpAgent({ keepAlive: true });
  const init = { agent: ({ protocol }: URL) => (protocol === 'https:' ? agent : plain) };
  return Object.assign(fetchTransport({ init }), {
    close: () => {
      agent.destroy();
      plain.destroy();
    },
  });
}
