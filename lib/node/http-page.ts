import { type ClientRequest, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { Observable } from 'rxjs';
import { version } from '../model/version.js';
import { connectionError } from './self-check-network.js';

/** What a web server answered. */
export interface Page {
  readonly status: number;
  readonly location: string | undefined;
  /** No more than is needed to tell. */
  readonly body: string;
}

/** Where the server of a URL is, and who asks. */
export interface PageOptions {
  readonly address: string;
  /** Where the answers for port 80 are. */
  readonly httpPort: number;
  /** Where the answers for port 443 are. */
  readonly tlsPort: number;
  /** What errors call the page. */
  readonly label: string;
  readonly client: 'rxacme' | 'rxacme-dev-ca';
}

/** Many times the longest key authorization. */
const largestBytes = 4096;

/** The host of a URL as DNS and sockets call it. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');

/**
 * Fetches one page on a connection of its own. Emits once; follows no redirect; certificates are not looked at, as they
 * may be what is to be replaced. Unsubscribing cuts the connection. Errors: {@link connectionError}.
 */
export const httpPage = (url: URL, options: PageOptions): Observable<Page> =>
  new Observable((subscriber) => {
    const port = portOf(url, options);
    const outgoing = send(url, port, options);
    let isConnected = false;
    outgoing.on('socket', (socket) => socket.once('connect', () => (isConnected = true)));
    const fail = (error: Error) => {
      subscriber.error(connectionError(`${options.label} at ${options.address} port ${port}`, error, isConnected));
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

/** A URL that names no port means the usual one, wherever that is. */
const portOf = ({ port, protocol }: URL, { httpPort, tlsPort }: PageOptions): number =>
  port === '' ? (protocol === 'https:' ? tlsPort : httpPort) : Number(port);

function send(url: URL, port: number, { address, client }: PageOptions): ClientRequest {
  const host = hostOf(url);
  const options: RequestOptions & { rejectUnauthorized: boolean; servername: string } = {
    host: address,
    port,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, 'user-agent': `${client}/${version}`, accept: '*/*', connection: 'close' },
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
