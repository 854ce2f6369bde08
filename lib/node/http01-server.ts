import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { defer } from 'rxjs';
import type { ChallengeSolver } from '../model/ports.js';
import { handleWith } from './http01-answer.js';
import { PresentedTokens } from './http01-tokens.js';
import { checkListenerOptions, SharedListener } from './shared-listener.js';

/** Options of {@link http01Server}. */
export interface Http01ServerOptions {
  /** Where the server looks is always port 80; another one is for whom a proxy or a port mapping stands there. Default: 80. */
  readonly port?: number | undefined;
  /** The address to listen on. Default: every address, IPv6 and IPv4. */
  readonly host?: string | undefined;
}

/**
 * A solver for `http-01` that listens itself: while there is something to answer, and for all names and orders that
 * use this solver together. Answers nothing but the tokens that are presented.
 *
 * Emits nothing itself: the value is the solver. Where it cannot listen, `present` errors with a message that says
 * what to do. Throws `TypeError` on a port that is none. Cost: one listener. Where a web server of this process has the port,
 * `http01Handler` is for that.
 *
 * @see RFC 8555 §8.3
 */
export function http01Server(options: Http01ServerOptions = {}): ChallengeSolver {
  checkListenerOptions('http01Server', options);
  const { port = 80, host } = options;
  const tokens = new PresentedTokens();
  const handle = handleWith((token) => tokens.contentOf(token));
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('connection', 'close');
    if (handle(request, response)) return;
    const text = 'not found\n';
    response.writeHead(404, { 'content-type': 'text/plain', 'content-length': text.length });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
  const listener = new SharedListener(port, host, () => createServer(answer));
  return {
    types: ['http-01'],
    present: (task) =>
      defer(() => {
        tokens.add(task);
        return listener.opened();
      }),
    cleanUp: (task) =>
      defer(() => {
        tokens.remove(task);
        return tokens.size === 0 ? listener.closed() : [];
      }),
  };
}
