import fetch from 'cross-fetch';
import type { FetchLike, PlatformFetch } from './fetch-like.js';

/** Outside browsers: cross-fetch, which keeps connections alive with Node's own agent. */
export const platformFetch: PlatformFetch = { fetch: fetch as unknown as FetchLike, forbiddenHeaders: [] };
