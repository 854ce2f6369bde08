import { getServers } from 'node:dns';
import { isIP } from 'node:net';

/** Where a name server listens. */
export interface DnsServer {
  /** An address or a name. */
  readonly host: string;
  readonly port: number;
  /** What messages call it. */
  readonly label: string;
}

/**
 * The server that a text names: `192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1`, `[2001:db8::1]:5353`, `ns.example:53`.
 * Throws `TypeError` on anything else.
 */
export function dnsServer(text: string, defaultPort = 53): DnsServer {
  const [, bracketed, bracketedPort] = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? [];
  const [, plain, plainPort] = /^([^:]+)(?::(\d+))?$/.exec(text) ?? [];
  const host = isIP(text) === 6 ? text : (bracketed ?? plain);
  const port = Number(bracketedPort ?? plainPort ?? defaultPort);
  const isHost = host !== undefined && (isIP(host) !== 0 || (bracketed === undefined && /^[\w.-]+$/.test(host)));
  if (!isHost || !(port > 0 && port < 65_536)) {
    throw new TypeError(`a name server is an address or a name, with a port where it is not 53, found ${text}`);
  }
  return { host, port, label: text };
}

/** The servers that these texts name, or those of this machine. */
export const dnsServers = (texts: readonly string[] | undefined): readonly DnsServer[] =>
  (texts ?? getServers()).map((text) => dnsServer(text));
