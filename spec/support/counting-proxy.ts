import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Passes TCP connections on unchanged and counts them. */
export interface CountingProxy {
  readonly port: number;
  /** Connections accepted since the start. */
  accepted(): number;
  /** Connections that are open now. One that a client has just closed counts for some milliseconds more. */
  open(): Promise<number>;
  /** Cuts all connections and ends. */
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. While nobody listens on `target`, each client's connection is reset. */
export async function startCountingProxy(target: number): Promise<CountingProxy> {
  let accepted = 0;
  const sockets = new Set<Socket>();
  // Half-open on both sides: an end is passed on like a byte, and the other direction goes on.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    accepted++;
    const upstream = connect({ host: '127.0.0.1', port: target, allowHalfOpen: true, noDelay: true });
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.resetAndDestroy());
      socket.on('close', () => sockets.delete(socket));
      socket.pipe(other);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    port,
    accepted: () => accepted,
    open: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => {
          if (error) reject(error);
          else resolve(count);
        });
      }),
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
