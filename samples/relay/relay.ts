/**
 * A relay for pages, as `relayTransport` of rxacme/browser asks it, for authorities that do not let scripts read their
 * answers. It sends what a page signed to the authorities it knows and to nobody else, and hands back what pages need.
 * To be mounted behind the application's own login.
 */
import { text } from 'node:stream/consumers';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { catchError, concatMap, defer, fromEvent, of, takeUntil } from 'rxjs';
import { type AcmeTransport } from 'rxacme';
import { nodeTransport } from 'rxacme/node';

const handedBack = ['replay-nonce', 'location', 'link', 'retry-after', 'content-type'];
const jose = 'application/jose+json';
const [maxRequestBytes, maxResponseBytes] = [65_536, 1_048_576];

/** @param origins Those of the authorities, `https://acme-v02.api.letsencrypt.org` for one. */
export function acmeRelay(origins: readonly string[], transport: AcmeTransport = nodeTransport()) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '', 'http://relay').searchParams.get('url') ?? '';
    const { accept = '*/*', 'content-length': length = '0', 'sec-fetch-site': site = 'same-origin' } = request.headers;
    const isPost = request.method === 'POST';
    const refuse = (status: number) => void response.writeHead(status, { connection: 'close' }).end();
    if (!isPost && request.method !== 'GET') return refuse(405);
    if (site !== 'same-origin' || !URL.canParse(url) || !origins.includes(new URL(url).origin)) return refuse(403);
    if (isPost && request.headers['content-type'] !== jose) return refuse(415);
    if (isPost && request.headers['content-length'] === undefined) return refuse(411);
    if (Number(length) > maxRequestBytes) return refuse(413);

    const headers = { accept, 'user-agent': 'acme-relay/1.0', ...(isPost && { 'content-type': jose }) };
    const send = (body: string) =>
      transport({ method: isPost ? 'POST' : 'GET', url, headers, ...(isPost && { body }), maxResponseBytes });
    defer(() => text(request))
      .pipe(
        concatMap(send),
        catchError(() => of({ status: 502, headers: {}, body: '' })),
        takeUntil(fromEvent(response, 'close')), // A page that was left aborts the exchange.
      )
      .subscribe(({ status, headers: received, body }) => {
        const kept = Object.entries(received).filter(([name]) => handedBack.includes(name));
        response.writeHead(status, { ...Object.fromEntries(kept), 'cache-control': 'no-store' }).end(body);
      });
  };
}
