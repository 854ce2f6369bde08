/**
 * A relay for pages, as `relayTransport` of rxacme/browser asks it, for authorities that do not let scripts read their
 * answers. It sends what a page signed to the authorities it knows and to nobody else, and hands back what pages need.
 * To be mounted behind the application's own login.
 */
import { text } from 'node:stream/consumers';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { catchError, concatMap, defer, first, fromEvent, of, takeUntil } from 'rxjs';
import { type AcmeTransport } from 'rxacme';
import { nodeTransport } from 'rxacme/node';

const handedBack = ['replay-nonce', 'location', 'link', 'retry-after', 'content-type'];
const inert = { 'x-content-type-options': 'nosniff', 'content-security-policy': 'sandbox' };
const plain = { 'content-type': 'text/plain' };
const jose = 'application/jose+json';
const [maxRequestBytes, maxResponseBytes] = [65_536, 1_048_576];

/** @param origins Those of the authorities, `https://acme-v02.api.letsencrypt.org` for one. */
export function acmeRelay(origins: readonly string[], transport: AcmeTransport = nodeTransport()) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const { method, headers: asked } = request;
    const url = new URLSearchParams(request.url?.replace(/^[^?]*/, '')).get('url') ?? '';
    const { 'content-type': type, 'content-length': length, 'sec-fetch-site': site = 'same-origin' } = asked;
    const isPost = method === 'POST';
    const refuse = (status: number) =>
      void response.writeHead(status, { ...plain, connection: 'close' }).end('refused by the relay of this page');
    if (!isPost && method !== 'GET') return refuse(405);
    if (site !== 'same-origin' || !URL.canParse(url) || !origins.includes(new URL(url).origin)) return refuse(403);
    if (isPost && type !== jose) return refuse(415);
    if ('transfer-encoding' in asked || (isPost && length === undefined)) return refuse(411);
    if (Number(length ?? 0) > maxRequestBytes) return refuse(413);

    const { accept = '*/*', 'accept-language': language = '*' } = asked;
    const headers = { accept, 'accept-language': language, 'user-agent': 'acme-relay/1.0' };
    const sent = { url, headers: { ...headers, ...(isPost && { 'content-type': jose }) }, maxResponseBytes };
    const send = (body: string) => transport({ ...sent, ...(isPost ? { method, body } : { method: 'GET' }) });
    defer(() => text(request))
      .pipe(
        concatMap(send),
        first(({ status }) => status >= 200), // What is below is no answer.
        catchError(() => of({ status: 502, headers: plain, body: 'the relay of this page got no answer' })),
        takeUntil(fromEvent(response, 'close')), // A page that was left aborts the exchange.
      )
      .subscribe(({ status, headers: received, body }) => {
        const kept = Object.entries(received).filter(([name]) => handedBack.includes(name));
        response.writeHead(status, { ...Object.fromEntries(kept), ...inert, 'cache-control': 'no-store' }).end(body);
      });
  };
}
