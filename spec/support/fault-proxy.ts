import { once } from 'node:events';
import { Agent, createServer, request as httpsRequest } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Fault, FaultyAnswer } from './fault-answers.js';
import type { LoggedRequest } from './fault-interceptor.js';
import { makeServerCertificate, type ServerCertificate } from './server-certificate.js';

/** An HTTPS server that passes requests on to another one, and does harm. */
export interface FaultProxy {
  readonly port: number;
  /** The root of its own certificate. */
  readonly caPem: string;
  readonly requests: readonly LoggedRequest[];
  /** Connections of clients that are open now. */
  open(): number;
  close(): Promise<void>;
}

/** Options of {@link startFaultProxy}. */
export interface FaultProxyOptions {
  /** The directory of the server behind it. */
  readonly directoryUrl: string;
  /** The root of that server's certificate. */
  readonly caPem: string;
  /** The operation that a path belongs to. */
  readonly operationOf: (path: string) => string;
  readonly newNoncePath: string;
  /** The fault that meets a request. */
  readonly faultOf?: (operation: string, occurrence: number) => Fault | undefined;
  /** Hears of each request before anything is done with it, and may keep it. */
  readonly onRequest?: (log: LoggedRequest) => Promise<void> | void;
}

let made: Promise<ServerCertificate> | undefined;

/**
 * Starts one on a free port of 127.0.0.1. The server's URLs stay what they are: a client comes here by an agent that
 * dials `port`, whatever the URL says.
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { caPem, certificatePem, keyPem } = await (made ??= makeServerCertificate());
  const requests: LoggedRequest[] = [];
  const sockets = new Set<TLSSocket>();
  const agent = new Agent({ ca: options.caPem, keepAlive: true });
  const server = createServer({ cert: certificatePem, key: keyPem }, (incoming, outgoing) => {
    const log = begun(requests, options, incoming);
    handle({ options, agent, log, incoming, outgoing }).catch(() => incoming.socket.destroy());
  });
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    caPem,
    requests,
    open: () => sockets.size,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      agent.destroy();
      await closed;
    },
  };
}

function begun(requests: LoggedRequest[], options: FaultProxyOptions, { url = '', method }: IncomingMessage) {
  const operation = options.operationOf(url);
  const occurrence = requests.filter((each) => each.operation === operation).length + 1;
  const log: LoggedRequest = {
    operation,
    occurrence,
    url,
    isRead: method === 'GET',
    isHit: false,
    isCarriedOut: false,
  };
  requests.push(log);
  return log;
}

interface Handled {
  readonly options: FaultProxyOptions;
  readonly agent: Agent;
  readonly log: LoggedRequest;
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

async function handle({ options, agent, log, incoming, outgoing }: Handled): Promise<void> {
  const fault = options.faultOf?.(log.operation, log.occurrence);
  log.isHit = fault !== undefined;
  const body = await bodyOf(incoming);
  await options.onRequest?.(log);
  const { newNoncePath } = options;
  const passOn = async (): Promise<FaultyAnswer> => {
    const answer = await asked(options, agent, incoming, incoming.url ?? '', incoming.method ?? 'GET', body);
    log.isCarriedOut = answer.status >= 200 && answer.status < 300;
    return answer;
  };
  if (fault === undefined) return send(outgoing, await passOn());
  const { end, carriedOut } = fault;
  if (end === 'lost' && !carriedOut) incoming.socket.destroy();
  else if (end === 'never' && !carriedOut) return;
  else {
    const answer = carriedOut
      ? await passOn()
      : await asked(options, agent, incoming, newNoncePath, 'GET', new Uint8Array());
    if (end === 'never') return;
    if (end === 'lost') incoming.socket.destroy();
    else if (end === 'cut') cut(outgoing, answer);
    else send(outgoing, end(answer, new Date()));
  }
}

/** What is the connection's alone, and what changes bodies. */
const notPassedOn = ['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'accept-encoding'];

function asked(
  { directoryUrl }: FaultProxyOptions,
  agent: Agent,
  { headers }: IncomingMessage,
  path: string,
  method: string,
  body: Uint8Array,
): Promise<FaultyAnswer> {
  const { hostname, port } = new URL(directoryUrl);
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !notPassedOn.includes(name)));
  const length = body.length === 0 ? {} : { 'content-length': body.length };
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest(
      { hostname, port, path, method, agent, headers: { ...kept, ...length } },
      (answer) => {
        bodyOf(answer).then(
          (received) => resolve({ status: answer.statusCode ?? 0, headers: joined(answer.headers), body: received }),
          reject,
        );
      },
    );
    outgoing.on('error', reject).end(body);
  });
}

const joined = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || notPassedOn.includes(name) ? [] : [[name, String(value)]],
    ),
  );

function send(outgoing: ServerResponse, { status, headers, body }: FaultyAnswer): void {
  outgoing.writeHead(status, headers).end(body);
}

function cut(outgoing: ServerResponse, { status, headers, body }: FaultyAnswer): void {
  const half = body.subarray(0, body.length >> 1);
  outgoing.writeHead(status === 204 ? 200 : status, { ...headers, 'content-length': body.length + 1 });
  outgoing.write(half, () => outgoing.destroy());
}

async function bodyOf(message: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return new Uint8Array(Buffer.concat(chunks));
}
