import { http01Path } from '../solvers/http01.js';

/** What is needed of a request: Node's own, for HTTP/1 and HTTP/2, or one that looks like it. */
export interface Http01Request {
  /** Only `GET` and `HEAD` are answered. */
  readonly method?: string | undefined;
  /** Path and query. */
  readonly url?: string | undefined;
  /** The same as it was before a router took a part away. */
  readonly originalUrl?: string | undefined;
}

/** What is needed of a response: Node's own, for HTTP/1 and HTTP/2, or one that looks like it. */
export interface Http01Response {
  /** Sends status and headers. */
  writeHead(status: number, headers: Record<string, string | number>): unknown;
  /** Ends the answer without a body. */
  end(): unknown;
  /** Ends the answer with this body. */
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- HTTP/2's own takes no undefined body
  end(body: string): unknown;
}

/** Answers, or does nothing and says so: then the request is for somebody else. */
export type Http01Handle = (request: Http01Request, response: Http01Response) => boolean;

/** Answers what `contentOf` has something for, and nothing else. */
export const handleWith =
  (contentOf: (token: string) => string | undefined): Http01Handle =>
  ({ method, url, originalUrl = url ?? '' }, response) => {
    if ((method !== 'GET' && method !== 'HEAD') || !originalUrl.startsWith(http01Path)) return false;
    const content = contentOf(originalUrl.slice(http01Path.length));
    if (content === undefined) return false;
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': Buffer.byteLength(content),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    if (method === 'HEAD') response.end();
    else response.end(content);
    return true;
  };
