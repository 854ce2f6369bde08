import fetch from 'cross-fetch';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import { withAdvice } from './certificate-advice.js';
import { contentEncoding } from './content-encoding.js';
import type { FetchInit, PlatformFetch } from './fetch-like.js';
import { watchedAgent } from './watched-agent.js';

/** What a body is on Node. */
interface DestroyableBody {
  destroy?(error: Error): void;
}

/**
 * Outside browsers: cross-fetch, which keeps connections alive with Node's own agent. Where a compressed body is
 * cut it takes what it has for the whole, so none is asked for and none is taken; where one with a Content-Length is cut
 * it waits for the rest, so the connection is watched.
 */
export const platformFetch: PlatformFetch = {
  fetch: async (url, init: FetchInit & { readonly agent?: unknown }) => {
    if (url.includes("'")) throw new AcmeProtocolError(`${url}: cross-fetch would write ' as %27`, { url });
    const answer: { body?: DestroyableBody | null; isCut?: boolean } = {};
    const end = (): void => {
      answer.isCut = true;
      answer.body?.destroy?.(new Error('the connection ended before the answer did'));
    };
    const agent = watchedAgent(init.agent, end);
    const response = await fetch(url, { compress: false, ...init, agent } as RequestInit).catch((error: unknown) => {
      throw withAdvice(error);
    });
    const encoding = contentEncoding(response.headers.get('content-encoding'), response.status);
    if (encoding !== undefined) throw new Error(`the answer is encoded as ${encoding}, which was not asked for`);
    answer.body = response.body as DestroyableBody | null;
    if (answer.isCut === true) end();
    return response;
  },
  forbiddenHeaders: [],
};
