import type { AcmeTransport } from '../model/ports.js';
import { fetchTransport } from '../transport/fetch-transport.js';

/** The transport to the page's own server, which knows its users by their cookies. No other server gets them. */
export const sameOriginTransport = (): AcmeTransport =>
  fetchTransport({ fetch: (url, init) => globalThis.fetch(url, { ...init, credentials: 'same-origin' }) });

/** A URL of the page's own server. Throws `TypeError` where it is relative and there is no page. */
export function backEndUrl(what: string, url: string): string {
  const base = (globalThis as { readonly location?: Location }).location?.href;
  if (typeof url === 'string' && URL.canParse(url, base)) return new URL(url, base).href;
  throw new TypeError(`${what}: url must be a URL of the application's own server, absolute outside of pages`);
}
