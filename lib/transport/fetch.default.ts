import fetch from 'cross-fetch';
import { AcmeProtocolError } from '../model/errors/protocol-error.js';
import type { PlatformFetch } from './fetch-like.js';

/**
 * Outside browsers: cross-fetch, which keeps connections alive with Node's own agent. It does not miss the end of a
 * compressed body that was cut, so none is asked for and none is taken.
 */
export const platformFetch: PlatformFetch = {
  fetch: async (url, init) => {
    if (url.includes("'")) throw new AcmeProtocolError(`${url}: cross-fetch would write ' as %27`, { url });
    const response = await fetch(url, { compress: false, ...init } as RequestInit);
    const encoding = response.headers.get('content-encoding') ?? 'identity';
    if (encoding !== 'identity') throw new Error(`the answer is encoded as ${encoding}, which was not asked for`);
    return response;
  },
  forbiddenHeaders: [],
};
