import type { AcmeTransport } from '../model/ports.js';
import { fetchTransport } from '../transport/fetch-transport.js';

/** The transport to the page's own server, which knows its users by their cookies. No other server gets them. */
export const sameOriginTransport = (): AcmeTransport =>
  fetchTransport({ fetch: (url, init) => globalThis.fetch(url, { ...init, credentials: 'same-origin' }) });

/**
 * A URL of the page's own server, as the page's `fetch` resolves it. Throws `TypeError` where it is relative and there is
 * no page.
 */
export function backEndUrl(what: string, url: string): string {
  const { document, location } = globalThis as Partial<Pick<typeof globalThis, 'document' | 'location'>>;
  const base = document?.baseURI ?? location?.href;
  // An empty one would ask for the page itself.
  if (typeof url === 'string' && url !== '' && URL.canParse(url, base)) {
    const { protocol, href } = new URL(url, base);
    if (protocol === 'https:' || protocol === 'http:') return href;
  }
  throw new TypeError(
    `${what}: url must be an http(s) URL of the application's own server, such as /acme in a page, absolute outside of pages`,
  );
}
