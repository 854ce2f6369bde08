import type { RequestListener, ServerResponse } from 'node:http';

/**
 * A server of another origin than the page's that does as its path says, and counts what came of it:
 *
 * - `/answer` answers at once, `/redirect` leads there,
 * - `/silence` answers nothing, `/half` a part of what it announced; both count when they are left,
 * - `/counts` shows the counts.
 */
export function loopback(): RequestListener {
  const counts: Record<string, number> = {};
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const leftCounts = (response: ServerResponse, path: string) =>
    response.on('close', () => {
      count(`${path} left`);
    });
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    count(`${request.method} ${pathname}`);
    const cors = {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'content-type',
      'access-control-expose-headers': 'Replay-Nonce',
    };
    if (request.method === 'OPTIONS') return response.writeHead(204, cors).end();
    const headers = { ...cors, 'replay-nonce': 'bm9uY2U', location: '/elsewhere', 'cache-control': 'no-store' };
    if (pathname === '/answer') return response.writeHead(200, headers).end('{"it":"works"}');
    if (pathname === '/redirect') return response.writeHead(307, { ...headers, location: '/answer' }).end();
    if (pathname === '/counts') return response.writeHead(200, headers).end(JSON.stringify(counts));
    if (pathname === '/silence') return leftCounts(response, pathname);
    if (pathname === '/half') {
      leftCounts(response, pathname);
      return response.writeHead(200, { ...headers, 'content-length': '100' }).write('half of it');
    }
    return response.writeHead(404, headers).end();
  };
}
