import { type ClientRequest, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { Observable } from 'rxjs';
import { version } from '../model/version.js';
import { type SelfCheckNetwork, Unreachable, withAddress } from './self-check-network.js';

/** What a web server answered. */
export interface Page {
  readonly status: number;
  readonly location: string | undefined;
  /** No more than is needed to tell. */
  readonly body: string;
}

/** Many times the longest key authorization. */
const largestBytes = 4096;

/**
 * Fetches one page on a connection of its own. Emits once; follows no redirect; certificates are not looked at, as they
 * may be what is to be replaced. Unsubscribing cuts the connection.
 */
export function fetchPage(network: SelfCheckNetwork, url: URL): Observable<Page> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return withAddress(network, host, (address) => download(url, host, address, portOf(network, url)));
}

/** A URL that names no port means the usual one, wherever that is. */
const portOf = ({ httpPort = 80, tlsPort = 443 }: SelfCheckNetwork, { port, protocol }: URL): number =>
  port === '' ? (protocol === 'https:' ? tlsPort : httpPort) : Number(port);

const download = (url: URL, host: string, address: string, port: number): Observable<Page> =>
  new Observable((subscriber) => {
    const outgoing = send(url, host, address, port);
    let isConnected = false;
    outgoing.on('socket', (socket) => socket.once('connect', () => (isConnected = true)));
    const fail = (error: Error) => {
      const message = `${url.host} at ${address} port ${port}: ${error.message}`;
      subscriber.error(isConnected ? new Error(message) : new Unreachable(message));
    };
    outgoing.on('error', fail).on('response', (incoming) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const finish = () => {
        subscriber.next(pageOf(incoming, Buffer.concat(chunks).subarray(0, largestBytes).toString('latin1')));
        subscriber.complete();
      };
      incoming.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > largestBytes) finish();
      });
      incoming.on('end', finish).on('error', fail);
    });
    // Node would end the connection without another word.
    outgoing.on('upgrade', () => {
      fail(new Error('the server goes on in another protocol'));
    });
    outgoing.end();
    return () => {
      outgoing.on('error', () => undefined).destroy();
    };
  });

function send(url: URL, host: string, address: string, port: number): ClientRequest {
  const options: RequestOptions & { rejectUnauthorized: boolean; servername: string } = {
    host: address,
    port,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, 'user-agent': `rxacme/${version}`, accept: '*/*', connection: 'close' },
    agent: false,
    servername: isIP(host) === 0 ? host : '',
    rejectUnauthorized: false,
  };
  return url.protocol === 'https:' ? httpsRequest(options) : httpRequest(options);
}

const pageOf = ({ statusCode = 0, headers }: IncomingMessage, body: string): Page => ({
  status: statusCode,
  location: headers.location,
  body,
});
