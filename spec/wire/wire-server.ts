import { EventEmitter, once } from 'node:events';
import { globalAgent } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';

/** A request as it came over the wire. */
export interface WireRequest {
  /** `POST /path HTTP/1.1` */
  readonly line: string;
  /** Names and values as they were written, in that order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
  /** Which connection it came on, counted from 1. */
  readonly connection: number;
}

/** A server on 127.0.0.1 that knows of HTTP only where a request ends. What it answers are bytes. */
export interface WireServer {
  readonly port: number;
  /** `http://127.0.0.1:PORT`, or `https:`. */
  readonly origin: string;
  readonly requests: readonly WireRequest[];
  /** Connections so far. */
  readonly connections: number;
  /** Resolves when so many requests have come in all. */
  received(count: number): Promise<WireRequest>;
  /** Resolves when that connection, counted from 1, is closed. */
  closed(connection: number): Promise<void>;
  /** Resolves when no connection is open. */
  drained(): Promise<void>;
}

export type WireAnswer = (socket: Socket, request: WireRequest, number: number) => void;

/** Starts a server that the running spec ends with. Only a complete request is answered. */
export async function wireServer(answer: WireAnswer, tls?: TlsOptions): Promise<WireServer> {
  const events = new EventEmitter().setMaxListeners(0);
  const requests: WireRequest[] = [];
  const open = new Map<Socket, number>();
  let connections = 0;
  const accept = (socket: Socket) => {
    const connection = ++connections;
    let text = '';
    open.set(socket, connection);
    socket.on('error', () => undefined); // a client that goes away is what these specs are about
    socket.on('close', () => {
      open.delete(socket);
      events.emit('close');
    });
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let request = parsed(text); request !== undefined; request = parsed(text)) {
        text = text.slice(request.length);
        const seen = { line: request.line, headers: request.headers, body: request.body, connection };
        requests.push(seen);
        events.emit('request');
        answer(socket, seen, requests.length);
      }
    });
  };
  const server = tls === undefined ? createServer({ noDelay: true }, accept) : createTlsServer(tls, accept);
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    for (const socket of open.keys()) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    get connections() {
      return connections;
    },
    received: async (count) => {
      while (requests.length < count) await once(events, 'request');
      return requests[count - 1] as WireRequest;
    },
    closed: async (connection) => {
      while (connection > connections || [...open.values()].includes(connection)) await once(events, 'close');
    },
    drained: async () => {
      while (open.size > 0) await once(events, 'close');
    },
  };
}

function parsed(text: string) {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [line = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = lines.map((each) => {
    const colon = each.indexOf(': ');
    return [each.slice(0, colon), each.slice(colon + 2)] as const;
  });
  const declared = headers.find(([name]) => name.toLowerCase() === 'content-length')?.[1];
  const length = end + 4 + Number(declared ?? 0);
  return text.length < length ? undefined : { line, headers, body: text.slice(end + 4, length), length };
}

/** The bytes of a response with a length, on a connection that stays open. */
export const response = (
  body = '',
  { status = '200 OK', headers = {} }: { status?: string; headers?: Readonly<Record<string, string>> } = {},
): string => {
  const all = { 'content-length': String(Buffer.byteLength(body)), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`;
};

/** Resolves when Node's own agent holds no connection to a port any more, idle ones included. */
export async function released(port: number): Promise<void> {
  const isHeld = () =>
    [globalAgent.sockets, globalAgent.freeSockets].some((each) =>
      Object.keys(each).some((name) => name.includes(`:${port}:`)),
    );
  while (isHeld()) await new Promise(setImmediate);
}
