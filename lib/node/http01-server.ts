import type { IncomingMessage, ServerResponse } from 'node:http';
import { defer } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { SharedListener } from './shared-listener.js';

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
