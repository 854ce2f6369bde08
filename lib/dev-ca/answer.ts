import type { IncomingMessage, ServerResponse } from 'node:http';
import { catchError, concatMap, defer, EMPTY, map, type Observable, of } from 'rxjs';
import type { AcmeCa } from '../testing/ca/acme-ca.js';
import { Refusal } from '../testing/ca/refusal.js';
import { refusalReply, type Reply, toHttpResponse, withIndex } from '../testing/ca/reply.js';
import { corsHeaders, preflightHeaders } from './cors.js';
import type { Exchange } from './https-server.js';
import { readBody } from './read-body.js';

/** What answers requests. */
export interface Answerer {
  readonly ca: AcmeCa;
  readonly origin: string;
  /** Pages that have nothing to do with ACME, by path. */
  readonly pages: Readonly<Record<string, string>>;
}

const all = ['GET', 'HEAD', 'POST'];

/** Answers one request. Emits nothing, and completes when the answer is handed over; never errors. */
export const answer = (answerer: Answerer, { request, response }: Exchange): Observable<never> =>
  defer(() => replyTo(answerer, request)).pipe(
    catchError((error: unknown) => of(refusedOutside(answerer.ca, request, error))),
    concatMap((reply) => {
      write(request, response, reply);
      return EMPTY;
    }),
    // What cannot be written, such as a header with odd characters, must not end the server.
    catchError(() => {
      response.destroy();
      return EMPTY;
    }),
  );

function replyTo(answerer: Answerer, request: IncomingMessage): Observable<Reply> {
  const { ca, origin, pages } = answerer;
  const { method = '', url: path = '' } = request;
  const page = Object.hasOwn(pages, path) ? pages[path] : undefined;
  const operation = ca.route(origin + path);
  const allowed = page !== undefined ? ['GET', 'HEAD'] : operation?.signedBy === 'none' ? all : ['POST'];
  if (method === 'OPTIONS') return of({ status: 204, headers: preflightHeaders });
  if (page === undefined && operation === undefined) return of(text('404 page not found\n', 404));
  if (!allowed.includes(method)) throw notAllowed(method, allowed);
  if (page !== undefined) return of(text(page));
  const sent = { method: method === 'POST' ? method : 'GET', url: origin + path, maxResponseBytes: Infinity } as const;
  const headers = { 'user-agent': '', ...headersOf(request) };
  if (method !== 'POST') return ca.handle({ ...sent, headers }).pipe(map((reply) => asHead(method, reply)));
  return readBody(request).pipe(concatMap((body) => ca.handle({ ...sent, headers, body })));
}

/** Only GET of a new nonce has a status of its own. */
const asHead = (method: string, reply: Reply): Reply =>
  method === 'HEAD' && reply.status === 204 ? { ...reply, status: 200 } : reply;

const text = (content: string, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  text: content,
});

const notAllowed = (method: string, allowed: readonly string[]): Refusal =>
  new Refusal({
    type: 'malformed',
    status: 405,
    detail: `${method} is not allowed here`,
    headers: { allow: [...allowed, 'OPTIONS'].join(', ') },
  });

const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));

/** The reply to what the CA itself never saw. */
function refusedOutside(ca: AcmeCa, { method }: IncomingMessage, error: unknown): Reply {
  const refusal = error instanceof Refusal ? error : new Refusal({ type: 'serverInternal', detail: String(error) });
  const reply = refusalReply(refusal);
  const nonce = method === 'POST' ? { 'replay-nonce': ca.nonces.issue() } : {};
  return { ...reply, headers: { ...nonce, link: withIndex(ca.directoryUrl), ...reply.headers } };
}

function write({ method }: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const { status, headers, body } = toHttpResponse(reply);
  const length = status === 204 ? {} : { 'content-length': String(body.length) };
  response.writeHead(status, { 'cache-control': 'no-store', ...headers, ...length, ...corsHeaders });
  response.end(method === 'HEAD' || status === 204 ? undefined : body);
}
