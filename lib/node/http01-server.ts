import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { defer, Observable } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';

/** Options of {@link http01Server}. */
export interface Http01ServerOptions {
  /** Where the server looks is always port 80; another one is for whom a proxy or a port mapping stands there. Default: 80. */
  readonly port?: number | undefined;
  /** The address to listen on. Default: every address, IPv6 and IPv4. */
  readonly host?: string | undefined;
}

const path = '/.well-known/acme-challenge/';

/**
 * A solver for `http-01` that listens itself: while there is something to answer, and for all names and orders that
 * use this solver together. Answers nothing but the tokens that are presented.
 *
 * Emits nothing itself: the value is the solver. Where it cannot listen, `present` errors with a message that says
 * what to do. Cost: one listener.
 *
 * @see RFC 8555 §8.3
 */
export function http01Server({ port = 80, host }: Http01ServerOptions = {}): ChallengeSolver {
  /** The answer to each token, and how often it is presented: orders may share an authorization. */
  const tokens = new Map<string, { readonly authorization: string; readonly count: number }>();
  const listener = new SharedListener(port, host, (request, response) => {
    answer(tokens, request, response);
  });
  return {
    types: ['http-01'],
    present: (task) =>
      defer(() => {
        const { token, authorization } = answerOf(task);
        tokens.set(token, { authorization, count: (tokens.get(token)?.count ?? 0) + 1 });
        return listener.opened();
      }),
    cleanUp: ({ token }) =>
      defer(() => {
        const known = token === undefined ? undefined : tokens.get(token);
        if (token !== undefined && known !== undefined) {
          if (known.count > 1) tokens.set(token, { ...known, count: known.count - 1 });
          else tokens.delete(token);
        }
        return tokens.size === 0 ? listener.closed() : [];
      }),
  };
}

function answerOf({ token, keyAuthorization }: ChallengeTask): { token: string; authorization: string } {
  if (token !== undefined && keyAuthorization !== undefined) return { token, authorization: keyAuthorization };
  throw new AcmeInputError('http-01: the challenge has no token, so there is nothing to answer');
}

function answer(
  tokens: ReadonlyMap<string, { readonly authorization: string }>,
  { method, url = '' }: IncomingMessage,
  response: ServerResponse,
): void {
  const token = url.startsWith(path) ? url.slice(path.length) : '';
  const authorization = method === 'GET' || method === 'HEAD' ? tokens.get(token)?.authorization : undefined;
  const [status, body] = authorization === undefined ? [404, 'not found\n'] : [200, authorization];
  response.writeHead(status, {
    'content-type': authorization === undefined ? 'text/plain' : 'application/octet-stream',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  response.end(method === 'HEAD' ? undefined : body);
}

/** One server, listening from the first who needs it until the last is done. */
class SharedListener {
  #server: Server | undefined;
  #listening: Promise<void> = Promise.resolve();

  constructor(
    private readonly port: number,
    private readonly host: string | undefined,
    private readonly handle: (request: IncomingMessage, response: ServerResponse) => void,
  ) {}

  /** Completes when the server listens. */
  opened(): Observable<never> {
    return completed(() => {
      this.#server ??= this.#open();
      return this.#listening;
    });
  }

  /** Completes when nothing listens any more. */
  closed(): Observable<never> {
    return completed(() => {
      const server = this.#server;
      this.#server = undefined;
      if (server === undefined) return Promise.resolve();
      const closed = this.#listening.then(
        () =>
          new Promise<void>((resolve) => {
            server.close(() => {
              resolve();
            });
            server.closeAllConnections();
          }),
        () => undefined,
      );
      this.#listening = closed;
      return closed;
    });
  }

  #open(): Server {
    const server = createServer(this.handle);
    const listens = () =>
      new Promise<void>((resolve, reject) => {
        server.once('error', (error) => {
          if (this.#server === server) this.#server = undefined;
          reject(explained(error, this.port));
        });
        server.listen(this.port, this.host, () => {
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
    EADDRINUSE: `port ${port} is in use by another program: stop it, let it answer ${path} itself, or listen elsewhere and forward port 80 there`,
    EACCES: `port ${port} needs more rights than this process has: grant it, or listen on a higher port and forward port 80 there`,
  };
  return new Error(advice[error.code ?? ''] ?? `cannot listen on port ${port}: ${error.message}`, { cause: error });
}
