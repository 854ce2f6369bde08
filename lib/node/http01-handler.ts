import { defer, EMPTY } from 'rxjs';
import type { ChallengeSolver } from '../model/ports.js';
import { type Http01Handle, handleWith } from './http01-answer.js';
import { PresentedTokens } from './http01-tokens.js';

/** A solver, and what has to be mounted in a web server for it. */
export interface Http01Handler {
  /** To be given to `obtainCertificate`, among its `solvers`. */
  readonly solver: ChallengeSolver;
  /** To be called first for each request at port 80. Answers and returns true, or does nothing and returns false. */
  readonly handle: Http01Handle;
}

/**
 * A solver for `http-01` within a web server of this process: its requests are passed to `handle`, which answers those of
 * the authority and leaves all others alone. Fits Node's own server, and what is built on it.
 *
 * Emits nothing itself: the value is the solver and its handler. Answers nothing but the tokens that are presented, so
 * that it can stay mounted. Cost: none.
 *
 * @example
 * ```ts
 * const { solver, handle } = http01Handler();
 * // Express, Connect and Koa's own `ctx.req` and `ctx.res` are the same kind of request and response.
 * const middleware = (request: Http01Request, response: Http01Response, next: () => void) => {
 *   if (!handle(request, response)) next();
 * };
 * const certificate$ = obtainCertificate(account, { identifiers: ['example.org'], solvers: [solver] });
 * ```
 *
 * @see RFC 8555 §8.3
 */
export function http01Handler(): Http01Handler {
  const tokens = new PresentedTokens();
  const solver: ChallengeSolver = {
    types: ['http-01'],
    present: (task) =>
      defer(() => {
        tokens.add(task);
        return EMPTY;
      }),
    cleanUp: (task) =>
      defer(() => {
        tokens.remove(task);
        return EMPTY;
      }),
  };
  return { solver, handle: handleWith((token) => tokens.contentOf(token)) };
}
