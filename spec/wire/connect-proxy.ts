import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

/** A proxy on 127.0.0.1 that knows CONNECT. */
export interface ConnectProxy {
  /** `http://127.0.0.1:PORT`, or `https:`. */
  readonly url: string;
  readonly port: number;
  /** What it was asked to connect to, `host:port`. */
  readonly targets: readonly string[];
  /** The headers of each of these requests. */
  readonly headers: readonly IncomingHttpHeaders[];
  /** Resolves when so many have come in all. */
  asked(count: number): Promise<void>;
  /** Resolves when no connection to it is open. */
  drained(): Promise<void>;
}

export interface ConnectProxyOptions {
  /** Answers instead of connecting. */
  readonly answer?: (socket: Duplex, request: IncomingMessage) => void;
  /** Where the tunnels lead. Default: where they were asked to. */
  readonly port?: number;
  readonly tls?: TlsOptions;
}

/** Starts a proxy that the running spec ends with. */
export async function connectProxy({ answer, port, tls }: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const [targets, headers, open]: [string[], IncomingHttpHeaders[], Set<Duplex>] = [[], [], new Set()];
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on('connection', (socket: Duplex) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  });
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    const target = request.url ?? '';
    targets.push(target);
    headers.push(request.headers);
    server.emit('asked');
    if (answer !== undefined) {
      socket.resume().on('end', () => socket.end()); // Else its end would not be noticed.
      answer(socket, request);
      return;
    }
    const upstream = connect({ host: '127.0.0.1', port: port ?? Number(target.split(':').at(-1)), noDelay: true });
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    socket.pipe(upstream).pipe(socket);
    socket.on('error', () => upstream.destroy());
    socket.on('close', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
    upstream.on('close', () => socket.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const own = (server.address() as AddressInfo).port;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${own}`,
    port: own,
    targets,
    headers,
    asked: async (count) => {
      while (targets.length < count) await once(server, 'asked');
    },
    drained: async () => {
      while (open.size > 0) await new Promise(setImmediate);
    },
  };
}
