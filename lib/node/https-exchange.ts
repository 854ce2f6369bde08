import {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  request as requestByHttp,
  type RequestOptions,
} from 'node:http';
import { request as requestByHttps } from 'node:https';
import { Observable } from 'rxjs';
import { protocolFault } from '../model/errors/protocol-error.js';
import type { AcmeHttpRequest, AcmeHttpResponse } from '../model/ports.js';
import { contentEncoding } from '../transport/content-encoding.js';
import { withAdvice } from '../transport/certificate-advice.js';
import type { PendingTunnel } from './tunnel.js';

/**
 * One exchange by Node's own client. Emits the response once, read to its end, then completes. Errors with what the
 * connection fails with, also where a body ends too early; {@link AcmeProtocolError} where it is too large.
 * Unsubscribing closes the connection, unless the answer is complete and all of the request was read.
 *
 * @see RFC 8555 §6.1
 */
export const exchangeByNode = (request: AcmeHttpRequest, agentFor: (url: URL) => Agent): Observable<AcmeHttpResponse> =>
  new Observable((subscriber) => {
    const tunnel: PendingTunnel = {};
    const outgoing = open(request, agentFor, tunnel);
    let whole: AcmeHttpResponse | undefined;
    let isOver = false;
    const stop = () => {
      if (isOver) return;
      isOver = true;
      outgoing.destroy();
      tunnel.end?.();
    };
    const fail = (error: Error) => {
      if (isOver || whole !== undefined) return;
      stop();
      subscriber.error(withAdvice(error));
    };
    // When the request is closed, its connection is about to be free for whoever asks next.
    const emit = (response: AcmeHttpResponse) => {
      isOver = true;
      process.nextTick(() => {
        subscriber.next(response);
        subscriber.complete();
      });
    };
    const finish = (response: AcmeHttpResponse) => {
      whole = response;
      if (outgoing.closed && !isOver) emit(response);
    };
    outgoing.on('error', fail);
    // Node would end the connection without another word.
    outgoing.on('upgrade', (_, socket) => {
      // It is no longer the request's.
      socket.destroy();
      fail(new Error('the server goes on in another protocol'));
    });
    outgoing.on('response', (incoming) => read(incoming, request, finish, fail));
    outgoing.on('close', () => {
      if (whole === undefined) fail(new Error('the connection ended before the answer did'));
      else if (!isOver) emit(whole);
    });
    outgoing.end(request.body);
    return stop;
  });

/** The path goes out as it is written: `URL` would change some of it, and then another URL than this one was signed. */
function open(
  { method, url, headers }: AcmeHttpRequest,
  agentFor: (url: URL) => Agent,
  tunnel: PendingTunnel,
): ClientRequest {
  const path = url.replace(/^[^:]+:\/\/[^/?#]*/, '');
  if (/[^!-~]|#/.test(path))
    throw protocolFault(url, 'a fragment, a space or a letter beyond ASCII cannot be sent as it is');
  const parsed = new URL(url);
  const { hostname, port, protocol } = parsed;
  const options: RequestOptions & { readonly tunnel: PendingTunnel } = {
    method,
    headers,
    host: hostname.replace(/^\[|\]$/g, ''),
    port,
    path: path.startsWith('/') ? path : `/${path}`,
    agent: agentFor(parsed),
    joinDuplicateHeaders: true,
    tunnel,
  };
  return (protocol === 'https:' ? requestByHttps : requestByHttp)(options);
}

function read(
  incoming: IncomingMessage,
  { url, maxResponseBytes }: AcmeHttpRequest,
  finish: (response: AcmeHttpResponse) => void,
  fail: (error: Error) => void,
): void {
  const { statusCode: status = 0, headers } = incoming;
  const encoding = contentEncoding(headers['content-encoding'], status);
  if (encoding !== undefined) {
    fail(new Error(`the answer is encoded as ${encoding}, which was not asked for`));
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  incoming.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.byteLength;
    if (length <= maxResponseBytes) return;
    fail(protocolFault(url, `the response is larger than the ${maxResponseBytes} bytes allowed (maxResponseBytes)`));
  });
  incoming.on('error', (cause) => fail(new Error('the connection ended before the answer did', { cause })));
  incoming.on('end', () => {
    const [only = Buffer.alloc(0)] = chunks;
    finish({ status, headers: textsOf(incoming), body: chunks.length > 1 ? Buffer.concat(chunks) : only });
  });
}

/** Only cookies come as a list. Of what says when to come back the first counts: joined they would say nothing. */
function textsOf({ headers, headersDistinct }: IncomingMessage): Record<string, string> {
  const texts = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
  const [retryAfter] = 'retry-after' in texts ? (headersDistinct['retry-after'] ?? []) : [];
  return retryAfter === undefined ? texts : { ...texts, 'retry-after': retryAfter };
}
