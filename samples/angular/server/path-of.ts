import type { IncomingMessage } from 'node:http';

/** The path that a request asks for, as it was sent; `undefined` for `*`, a whole URL and what else is no path. */
export function pathOf({ url = '' }: IncomingMessage): string | undefined {
  const [path = ''] = url.split('?');
  return /^\/(?!\/)/.test(path) ? path : undefined;
}
