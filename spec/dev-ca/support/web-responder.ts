import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What answers one request. */
export type Page = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server on loopback. Closed when the spec is over. */
export async function webResponder(page: Page, tls?: { readonly cert: string; readonly key: string }) {
  const requests: string[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.headers.host} ${request.url}`);
    page(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  return { port: (server.address() as AddressInfo).port, requests, open };
}

export const answering =
  (body: string, status = 200, headers: Readonly<Record<string, string>> = {}): Page =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };
