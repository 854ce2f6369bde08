import { type Agent, type ClientRequest, type IncomingMessage, request as requestByHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestByHttps } from 'node:https';
import type { Duplex } from 'node:stream';

/** A member of a request's options, by which a connection to the proxy can be given up before it is one to the server. */
export interface PendingTunnel {
  end?: () => void;
}

/** What an agent is asked for a connection with, as far as is needed here. */
interface ConnectionOptions {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
  readonly tunnel?: PendingTunnel;
}

type Connected = (error: Error | null, socket?: Duplex) => void;

/** As much of an agent as makes connections: its own types want a socket with every error. */
interface Connecting {
  createConnection: (
    options: ConnectionOptions & { socket?: Duplex },
    connected: Connected,
  ) => Duplex | null | undefined;
}

/**
 * Makes an agent connect through a proxy, by CONNECT: what goes through is not seen by it, and TLS is with the server.
 *
 * @see RFC 9110 §9.3.6
 */
export function throughProxy<A extends Agent>(agent: A, proxy: URL): A {
  const self = agent as unknown as Connecting;
  const direct = self.createConnection.bind(agent) as (options: object) => Duplex | null | undefined;
  self.createConnection = (options, connected) => {
    const { host = '', port, tunnel } = options;
    const target = `${host?.includes(':') === true ? `[${host}]` : host}:${port}`;
    const connecting = openTunnel(proxy, target);
    const refused = ({ statusCode = 0 }: IncomingMessage) =>
      connected(new Error(`the proxy ${proxy.host} does not connect to ${target}: HTTP ${statusCode}`));
    connecting.on('error', connected);
    connecting.on('connect', (answer: IncomingMessage, socket: Duplex) => {
      if (answer.statusCode === 200) {
        // Without TLS there is nothing to add.
        connected(null, agent instanceof HttpsAgent ? (direct({ ...options, socket }) ?? socket) : socket);
        return;
      }
      socket.destroy();
      refused(answer);
    });
    connecting.end();
    if (tunnel !== undefined) tunnel.end = () => connecting.destroy();
    return undefined;
  };
  return agent;
}

function openTunnel(proxy: URL, target: string): ClientRequest {
  const { protocol, hostname, port, username, password } = proxy;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  return (protocol === 'https:' ? requestByHttps : requestByHttp)({
    method: 'CONNECT',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : port,
    path: target,
    headers: { host: target, ...(username === '' ? {} : { 'proxy-authorization': authorization }) },
    agent: false,
  });
}
