import { type Agent, type ClientRequest, type IncomingMessage, request as requestByHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestByHttps, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { AcmeInputError } from '../model/errors/input-error.js';
import { authorizationFor } from './proxy-choice.js';

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
  const opening = new Set<ClientRequest>();
  const destroy = agent.destroy.bind(agent);
  // Node closes only those that it knows of: who asked for a tunnel is told nothing by it.
  agent.destroy = () => {
    for (const connecting of opening) connecting.destroy();
    destroy();
  };
  self.createConnection = (options, connected) => {
    const { host = '', port, tunnel } = options;
    const target = `${host?.includes(':') === true ? `[${host}]` : host}:${port}`;
    const connecting = openTunnel(proxy, target);
    opening.add(connecting);
    connecting.on('close', () => opening.delete(connecting));
    connecting.on('error', connected);
    connecting.on('connect', ({ statusCode = 0 }: IncomingMessage, socket: Duplex) => {
      opening.delete(connecting);
      try {
        if (statusCode < 200 || statusCode > 299) throw refusal(proxy, target, statusCode);
        // Without TLS there is nothing to add.
        connected(null, agent instanceof HttpsAgent ? (direct({ ...options, socket }) ?? socket) : socket);
      } catch (error) {
        // Where the certificate or the key to show is none, nobody else would catch it.
        socket.destroy();
        connected(error as Error);
      }
    });
    connecting.end();
    if (tunnel !== undefined) tunnel.end = () => connecting.destroy();
    return undefined;
  };
  return agent;
}

/** Credentials that are wrong stay so: to try them again could lock somebody out. */
const refusal = ({ host }: URL, target: string, statusCode: number): Error =>
  statusCode === 407
    ? new AcmeInputError(`the proxy ${host} takes no such name and password (HTTP 407); the proxy's URL holds them`)
    : new Error(`the proxy ${host} does not connect to ${target}: HTTP ${statusCode}`);

function openTunnel(proxy: URL, target: string): ClientRequest {
  const { protocol, hostname, port } = proxy;
  const authorization = authorizationFor(proxy);
  const host = hostname.replace(/^\[|\]$/g, '');
  const options: RequestOptions = {
    method: 'CONNECT',
    host,
    // Whom the proxy's certificate has to be for: Node would take the name in the Host header, which is the server's.
    servername: isIP(host) === 0 ? host : '',
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : port,
    path: target,
    headers: { host: target, ...(authorization && { 'proxy-authorization': authorization }) },
    agent: false,
  };
  return (protocol === 'https:' ? requestByHttps : requestByHttp)(options);
}
