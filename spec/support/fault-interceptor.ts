import { concatMap, defer, finalize, map, NEVER, type Observable, tap, throwError } from 'rxjs';
import type { AcmeHttpRequest, AcmeHttpResponse, AcmeInterceptor, AcmeTransport } from '../../lib/index.js';
import type { Fault } from './fault-answers.js';

/** A request that a session sent. */
export interface LoggedRequest {
  readonly operation: string;
  /** Which of this operation's requests it is, from 1. */
  readonly occurrence: number;
  readonly url: string;
  readonly isRead: boolean;
  /** Whether a fault met it. */
  isHit: boolean;
  /** Whether the server carried it out: what it answered was 2xx, whatever of that arrived. */
  isCarriedOut: boolean;
}

/** Options of {@link faultInjector}. */
export interface FaultInjectorOptions {
  /** The operation that a URL belongs to. */
  readonly operationOf: (url: string) => string;
  readonly newNonceUrl: string;
  readonly now: () => number;
  /** The fault that meets a request. */
  readonly faultOf?: (operation: string, occurrence: number) => Fault | undefined;
}

/** Stands between a session and its transport, lets things go wrong, and keeps a list of what was sent. */
export interface FaultInjector {
  readonly interceptor: AcmeInterceptor;
  readonly requests: readonly LoggedRequest[];
  /** The exchanges that have not ended. */
  open(): number;
}

/** Makes one for a session. */
export function faultInjector(options: FaultInjectorOptions): FaultInjector {
  const requests: LoggedRequest[] = [];
  let open = 0;
  const interceptor: AcmeInterceptor = (request, next) =>
    defer(() => {
      const operation = options.operationOf(request.url);
      const occurrence = requests.filter((each) => each.operation === operation).length + 1;
      const fault = options.faultOf?.(operation, occurrence);
      const isRead = request.method === 'GET' || /"payload":""/.test(request.body ?? '');
      const log: LoggedRequest = {
        operation,
        occurrence,
        url: request.url,
        isRead,
        isHit: fault !== undefined,
        isCarriedOut: false,
      };
      requests.push(log);
      open++;
      return through(options, log, fault, request, next).pipe(finalize(() => open--));
    });
  return { interceptor, requests, open: () => open };
}

function through(
  { newNonceUrl, now }: FaultInjectorOptions,
  log: LoggedRequest,
  fault: Fault | undefined,
  request: AcmeHttpRequest,
  next: AcmeTransport,
): Observable<AcmeHttpResponse> {
  const carriedOut$ = next(request).pipe(
    tap(({ status }) => {
      log.isCarriedOut = status >= 200 && status < 300;
    }),
  );
  if (fault === undefined) return carriedOut$;
  const { end } = fault;
  const answer$ = fault.carriedOut
    ? carriedOut$
    : typeof end === 'string'
      ? NEVER
      : next({ ...request, method: 'GET', url: newNonceUrl });
  if (end === 'lost' && !fault.carriedOut) return throwError(() => new Error('the connection was refused'));
  if (end === 'never') return answer$.pipe(concatMap(() => NEVER));
  if (end === 'lost' || end === 'cut') {
    const what = end === 'lost' ? 'socket hang up' : 'the answer ended too early';
    return answer$.pipe(concatMap(() => throwError(() => new Error(what))));
  }
  return answer$.pipe(map((answer) => end(answer, new Date(now()))));
}
