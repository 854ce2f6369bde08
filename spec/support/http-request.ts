import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface PlainRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** PEM of the root to trust, for https. */
  readonly ca?: string;
  /** Milliseconds for the whole exchange, 10000 by default. */
  readonly limitMs?: number;
}

export interface PlainResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own. Test infrastructure only: it shares nothing with rxacme's transports. */
export function plainRequest(url: string, options: PlainRequest = {}): Promise<PlainResponse> {
  const { method = 'GET', headers = {}, body, ca, limitMs = 10_000 } = options;
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const outgoing = send(url, {
      method,
      headers: { 'User-Agent': 'rxacme-spec', ...headers }, // Pebble 2.10 refuses requests that have none.
      agent: false,
      signal: AbortSignal.timeout(limitMs),
      ...(ca === undefined ? {} : { ca }),
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => (text += chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text });
      });
    });
    outgoing.end(body);
  });
}
