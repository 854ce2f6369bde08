import { concatMap, defer, map, NEVER, type Observable, of, type SchedulerLike, tap, throwError } from 'rxjs';
import type { AcmeHttpRequest, AcmeHttpResponse } from '../model/ports.js';
import { wait } from '../rx/wait.js';
import type { Behaviour } from './behaviour.js';
import type { AcmeCa } from './ca/acme-ca.js';
import { Refusal } from './ca/refusal.js';
import { refusalReply, type Reply, toHttpResponse, withIndex } from './ca/reply.js';
import type { RequestLog, RecordedRequest } from './history.js';

/** What one exchange with a fake CA goes through. */
export interface FakeExchange {
  readonly ca: AcmeCa;
  readonly history: RequestLog;
  readonly record: RecordedRequest;
  readonly request: AcmeHttpRequest;
  readonly behaviours: readonly Behaviour[];
  readonly latencyMs: number;
  readonly scheduler: SchedulerLike;
  /** Changes every JSON answer. */
  readonly edit: (json: object) => object;
}

/** Answers one request as the behaviours have it. */
export function fakeExchange(exchange: FakeExchange): Observable<AcmeHttpResponse> {
  const { history, record, behaviours, scheduler } = exchange;
  const delayMs = behaviours.reduce((sum, each) => ('delayMs' in each ? sum + each.delayMs : sum), exchange.latencyMs);
  const answer$ =
    delayMs === Infinity
      ? NEVER
      : delayMs > 0
        ? wait(delayMs, scheduler).pipe(concatMap(() => carriedOut(exchange)))
        : carriedOut(exchange);
  return answer$.pipe(
    tap({
      next: (response) => {
        record.status = response.status;
        history.end(record, 'answered');
      },
      error: () => {
        history.end(record, 'lost');
      },
      finalize: () => {
        history.end(record, 'cancelled');
      },
    }),
  );
}

function carriedOut(exchange: FakeExchange): Observable<AcmeHttpResponse> {
  const { ca, request, behaviours, record } = exchange;
  const finished = (reply: Reply) => {
    const edited = behaviours.reduce(
      changed,
      reply.json === undefined ? reply : { ...reply, json: exchange.edit(reply.json) },
    );
    const type = (edited.json as { type?: unknown } | null | undefined)?.type;
    if (edited.status >= 400 && typeof type === 'string') record.problemType = type;
    const response = toHttpResponse(edited);
    const left = behaviours.map((each) => ('cutAtBytes' in each ? each.cutAtBytes : Infinity));
    return left.length === 0 ? response : { ...response, body: response.body.subarray(0, Math.min(...left)) };
  };
  if (behaviours.length === 0) return ca.handle(request).pipe(map(finished));
  const has = (wanted: (behaviour: Behaviour) => boolean) => behaviours.some(wanted);
  if (has((each) => 'never' in each && each.never === 'before')) return NEVER;
  if (has((each) => 'lost' in each && each.lost === 'before'))
    return connectionLost('before the request was carried out');
  return defer(() => instead(exchange) ?? ca.handle(request)).pipe(
    concatMap((reply) => {
      if (has((each) => 'never' in each)) return NEVER;
      if (has((each) => 'lost' in each && each.lost === 'after')) return connectionLost('before the answer came');
      if (has((each) => 'lost' in each)) return connectionLost('in the middle of the answer');
      return of(reply);
    }),
    map(finished),
  );
}

/** An answer that comes in place of carrying the request out. Its nonce is spent all the same. */
function instead({ ca, record, behaviours }: FakeExchange): Observable<Reply> | undefined {
  for (const behaviour of behaviours) {
    const reply =
      'problem' in behaviour
        ? refusalReply(new Refusal(behaviour.problem))
        : 'answer' in behaviour
          ? {
              status: behaviour.answer.status,
              text: behaviour.answer.body ?? '',
              headers: behaviour.answer.headers ?? {},
            }
          : undefined;
    if (reply === undefined) continue;
    if (record.nonce !== undefined) ca.nonces.redeem(record.nonce);
    const nonce: Record<string, string> =
      record.nonce === undefined || 'answer' in behaviour ? {} : { 'replay-nonce': ca.nonces.issue() };
    const index: Record<string, string> =
      'answer' in behaviour ? {} : { link: withIndex(ca.directoryUrl, reply.headers?.['link']) };
    return of({ ...reply, headers: { ...nonce, ...reply.headers, ...index } });
  }
  return undefined;
}

function changed(reply: Reply, behaviour: Behaviour): Reply {
  if ('edit' in behaviour && reply.json !== undefined) {
    return { ...reply, json: behaviour.edit(reply.json as Record<string, unknown>) as object };
  }
  if (!('headers' in behaviour)) return reply;
  const headers = Object.entries({ ...reply.headers, ...behaviour.headers }).filter(([, value]) => value !== undefined);
  return { ...reply, headers: Object.fromEntries(headers) as Record<string, string> };
}

const connectionLost = (when: string): Observable<never> => throwError(() => new Error(`the connection broke ${when}`));
