import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { concatMap, Observable } from 'rxjs';
import { version } from '../../model/version.js';
import { failure } from './failure.js';
import type { Network } from './network.js';

/** What a server answered. */
export interface Page {
  readonly status: number;
  readonly location: string | undefined;
  /** No more than was asked for. */
  readonly body: string;
}

/** Many times the longest key authorization. */
const largestBytes = 4096;

/**
 * Fetches one page, on a connection of its own, from where the network has the URL's host. Emits once; follows no
 * redirect; certificates are not looked at, as they may be what is being replaced. Unsubscribing cuts the connection.
 */
export const httpGet = (network: Network, url: URL): Observable<Page> => {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return network.addressOf(host).pipe(concatMap((address) => download(url, address, portOf(network, url), host)));
};

/** Ports that a URL does not name, or that are the usual ones, are those of the network. */
const portOf = ({ httpPort, tlsPort }: Network, { port, protocol }: URL): number =>
  port === '' ? (protocol === 'https:' ? tlsPort : httpPort) : Number(port);

const download = (url: URL, address: string, port: number, host: string): Observable<Page> =>
  new Observable((subscriber) => {
    const options: RequestOptions & { rejectUnauthorized: boolean; servername: string } = {
      host: address,
      port,
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, 'user-agent': `rxacme-dev-ca/${version}`, accept: '*/*', connection: 'close' },
      agent: false,
      servername: isIP(host) === 0 ? host : '',
      rejectUnauthorized: false,
    };
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const outgoing = send(options);
    const fail = (error: Error) => {
      subscriber.error(failure('connection', `${url.href} at ${address} port ${port}: ${error.message}`));
    };
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
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
      incoming.on('end', finish);
      incoming.on('error', fail);
    });
    outgoing.end();
    return () => {
      outgoing.on('error', () => undefined).destroy();
    };
  });

const pageOf = ({ statusCode = 0, headers }: IncomingMessage, body: string): Page => ({
  status: statusCode,
  location: headers.location,
  body,
});
