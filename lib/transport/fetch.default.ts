import fetch from 'cross-fetch';
import type { PlatformFetch } from './fetch-like.js';

/** Outside browsers: cross-fetch, which keeps connections alive with Node's own agent. */
export const platformFetch: PlatformFetch = { fetch: fetch, forbiddenHeaders: [] };
