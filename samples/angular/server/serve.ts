/** The application's own server: its pages, a relay to the authorities, a solver, and a development CA beside it. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { map, Observable, switchMap } from 'rxjs';
import { directories } from 'rxacme';
import { type DevCa, type DevCaOptions, startDevCa } from 'rxacme/dev-ca';
import { nodeTransport } from 'rxacme/node';
import { acmeRelay } from '../../relay/relay.js';
import type { Authority } from '../src/app/authority.js';
import { challenges } from './challenges.js';
import { pages } from './pages.js';
import { pathOf } from './path-of.js';

/** Options of {@link serveSample}. */
export interface SampleOptions {
  /** Where `ng build` left the pages. */
  readonly folder: string;
  /** Default: 0, a free one. */
  readonly port?: number;
  readonly ca?: DevCaOptions;
  /** Beside the development CA. Default: public ones. */
  readonly authorities?: (ca: DevCa) => readonly Authority[];
}

/** A server that runs. */
export interface Sample {
  readonly url: string;
  readonly ca: DevCa;
  /** How many answers to challenges are up. */
  readonly answersUp: () => number;
  /** How many exchanges with authorities were left by their page before they were over. */
  readonly aborted: () => number;
}

const publicOnes: readonly Authority[] = [
  {
    id: 'lets-encrypt-staging',
    name: "Let's Encrypt staging",
    note: 'Public names, certificates that nobody trusts: to try things out.',
    directoryUrl: directories.letsEncryptStaging,
    proof: 'by-hand',
  },
  {
    id: 'lets-encrypt',
    name: "Let's Encrypt",
    note: 'Public names, certificates that every browser trusts.',
    directoryUrl: directories.letsEncrypt,
    proof: 'by-hand',
  },
  {
    id: 'google',
    name: 'Google Trust Services',
    note: 'Just as trusted; asks for a key of a Google Cloud project.',
    directoryUrl: directories.google,
    proof: 'by-hand',
    externalAccount: true,
  },
  {
    id: 'zerossl',
    name: 'ZeroSSL',
    note: 'Just as trusted; asks for a key from its dashboard.',
    directoryUrl: directories.zeroSsl,
    proof: 'by-hand',
    externalAccount: true,
  },
];

/** Emits where it is reached once it listens; unsubscribing stops it, and its CA. */
export function serveSample({
  folder,
  port = 0,
  ca,
  authorities = () => publicOnes,
}: SampleOptions): Observable<Sample> {
  const { solver, atPort80, up } = challenges();
  // Slow on purpose: a page that is done at once shows nothing.
  const pace = { validationDelayMs: 1_500, retryAfterMs: 2_000 };
  return listening(atPort80, 0).pipe(
    switchMap((httpPort) => startDevCa({ ...pace, ...ca, httpPort, hosts: { '*': '127.0.0.1' } })),
    switchMap((started) => {
      const development: Authority = {
        id: 'development',
        name: 'Development CA',
        note: 'Runs on this machine and certifies any name. Trusted by nobody.',
        directoryUrl: started.directoryUrl,
        proof: 'back-end',
      };
      const all = [development, ...authorities(started)];
      const origins = all.map(({ directoryUrl }) => new URL(directoryUrl).origin);
      const toCa = acmeRelay([started.origin], nodeTransport({ ca: started.rootPem }));
      const toOthers = acmeRelay(origins);
      const isOwn = ({ url = '' }: IncomingMessage) =>
        new URLSearchParams(url.replace(/^[^?]*/, '')).get('url')?.startsWith(`${started.origin}/`);
      let aborted = 0;
      const handlers: Readonly<Record<string, RequestListener>> = {
        '/config.json': (_, response) => response.writeHead(200, json).end(JSON.stringify(all)),
        '/acme-relay': (request, response) => {
          response.once('close', () => (aborted += response.writableEnded ? 0 : 1));
          (isOwn(request) ? toCa : toOthers)(request, response);
        },
        '/solver': solver,
      };
      const page = pages(folder);
      const handler: RequestListener = (request, response) => {
        const path = pathOf(request);
        return path === undefined ? response.writeHead(400).end() : (handlers[path] ?? page)(request, response);
      };
      return listening(handler, port).pipe(
        map((at) => ({ url: `http://localhost:${at}/`, ca: started, answersUp: up, aborted: () => aborted })),
      );
    }),
  );
}

const json = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** Listens on this machine only, and emits the port. */
const listening = (handler: RequestListener, port: number): Observable<number> =>
  new Observable((subscriber) => {
    const server: Server = createServer(handler);
    server.once('error', (error) => subscriber.error(error));
    server.listen(port, '127.0.0.1', () => subscriber.next((server.address() as AddressInfo).port));
    return () => {
      server.close();
      server.closeAllConnections();
    };
  });
