import type { PlatformFetch } from './fetch-like.js';

/** In browsers: the global `fetch`, looked up at each call. Setting `User-Agent` there costs a preflight that fails. */
export const platformFetch: PlatformFetch = {
  fetch: (url: string, init: RequestInit) => globalThis.fetch(url, init),
  forbiddenHeaders: ['user-agent'],
};
