/** Serves what `ng build` made. Every path that is no file is one of the application's own. */
import { readFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { extname, resolve, sep } from 'node:path';
import { pathOf } from './path-of.js';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
};

/** The page loads nothing from elsewhere; it asks its own server, and for manual dns-01 two servers of the DNS. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self' https://cloudflare-dns.com https://dns.google",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** @param folder Where `index.html` is. */
export function pages(folder: string): RequestListener {
  const files = (path: string): { readonly name: string; readonly content: Buffer } => {
    const name = resolve(folder, `.${path}`);
    if (name.startsWith(folder + sep) && extname(name) !== '') return { name, content: readFileSync(name) };
    return { name: 'index.html', content: readFileSync(resolve(folder, 'index.html')) };
  };
  return (request, response) => {
    try {
      const { name, content } = files(decodeURIComponent(pathOf(request) ?? '/'));
      const isNamedByContent = /-[A-Z0-9]{8}\.\w+$/.test(name);
      response.writeHead(200, {
        'content-type': types[extname(name)] ?? 'application/octet-stream',
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
        'cache-control': isNamedByContent ? 'max-age=31536000, immutable' : 'no-cache',
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  };
}
