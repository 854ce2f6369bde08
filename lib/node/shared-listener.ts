import type { Server, Socket } from 'node:net';
import { Observable } from 'rxjs';

/** Throws `TypeError` on options of a listener that are none, a bare port for one. */
export function checkListenerOptions(what: string, options: { readonly port?: number | undefined }): void {
  const { port = 0 } = typeof options === 'object' ? options : { port: -1 };
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return;
  throw new TypeError(`${what}: options must be an object, and port a port: { port: 8080 }`);
}

/** One server, listening from the first who needs it until the last is done. */
export class SharedListener {
  #server: Server | undefined;
  #listening: Promise<void> = Promise.resolve();
  readonly #sockets = new Set<Socket>();

  constructor(
    private readonly port: number,
    private readonly host: string | undefined,
    private readonly create: () => Server,
  ) {}

  /** Completes when the server listens. */
  opened(): Observable<never> {
    return completed(() => {
      this.#server ??= this.#open();
      return this.#listening;
    });
  }

  /** Completes when nothing listens any more and every connection is cut. */
  closed(): Observable<never> {
    return completed(() => {
      const server = this.#server;
      this.#server = undefined;
      if (server === undefined) return this.#listening.catch(() => undefined);
      const closed = this.#listening.then(
        () =>
          new Promise<void>((resolve) => {
            server.close(() => {
              resolve();
            });
            for (const socket of this.#sockets) socket.destroy();
          }),
        () => undefined,
      );
      this.#listening = closed;
      return closed;
    });
  }

  #open(): Server {
    const server = this.create().on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    const listens = () =>
      new Promise<void>((resolve, reject) => {
        const failed = (error: Error) => {
          if (this.#server === server) this.#server = undefined;
          reject(explained(error, this.port));
        };
        server.once('error', failed);
        server.listen(this.port, this.host, () => {
          // What goes wrong with a listener that listens concerns one connection.
          server.off('error', failed).on('error', () => undefined);
          resolve();
        });
      });
    this.#listening = this.#listening.then(listens, listens);
    return server;
  }
}

const completed = (work: () => Promise<void>): Observable<never> =>
  new Observable((subscriber) => {
    work().then(
      () => {
        subscriber.complete();
      },
      (error: unknown) => {
        subscriber.error(error);
      },
    );
  });

function explained(error: NodeJS.ErrnoException, port: number): Error {
  const advice: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} is in use by another program: stop it, have it answer the challenge, or listen elsewhere and forward port ${port} there`,
    EACCES: `port ${port} needs more rights than this process has: grant it, or listen on a higher port and forward port ${port} there`,
    EADDRNOTAVAIL: `this machine has no such address to listen on at port ${port}: leave host out to listen on every address`,
  };
  return new Error(advice[error.code ?? ''] ?? `cannot listen on port ${port}: ${error.message}`, { cause: error });
}
