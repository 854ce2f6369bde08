import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Observable, Subject } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';

/** One request, and where its answer goes. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A server that listens. */
export interface Listening {
  readonly port: number;
  /** To be subscribed at once. */
  readonly exchanges$: Observable<Exchange>;
}

/** Options of {@link httpsServer}. */
export interface HttpsServerOptions {
  readonly host: string;
  readonly port: number;
  /** The chain and the key to show, PEM. */
  readonly cert: string;
  readonly key: string;
}

const limits = {
  minVersion: 'TLSv1.2',
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 75_000, // longer than clients keep theirs, so that none sends on a connection that is closing
} as const;

/** Emits once, when the server listens, and keeps it open. Unsubscribing cuts every connection and closes it. */
export const httpsServer = ({ host, port, cert, key }: HttpsServerOptions): Observable<Listening> =>
  new Observable((subscriber) => {
    const exchanges = new Subject<Exchange>();
    const sockets = new Set<Socket>();
    const server = createServer({ ...limits, cert, key }, (request, response) => {
      exchanges.next({ request, response });
    });
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    server.on('error', (error) => {
      subscriber.error(explained(error, host, port));
    });
    server.listen({ host, port }, () => {
      subscriber.next({ port: (server.address() as AddressInfo).port, exchanges$: exchanges.asObservable() });
    });
    return () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    };
  });

function explained(error: NodeJS.ErrnoException, host: string, port: number): AcmeInputError {
  const advice: Readonly<Record<string, string>> = {
    EADDRINUSE: 'the port is in use by another program: stop it, or choose another port',
    EACCES: 'the port needs more rights than this process has: choose one from 1024 on',
    EADDRNOTAVAIL: 'this machine does not have the address',
  };
  const why = advice[error.code ?? ''] ?? error.message;
  return new AcmeInputError(`development CA: cannot listen on ${host} port ${port}: ${why}`, { cause: error });
}
