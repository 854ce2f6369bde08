import { defer, map, type Observable, type SchedulerLike, take, throwIfEmpty } from 'rxjs';
import { defined } from '../codec/defined.js';
import { parseJson } from '../codec/json.js';
import { isObject } from '../codec/tolerant.js';
import type { JsonObject } from '../model/json.js';
import type { AcmeHttpResponse, AcmeTransport } from '../model/ports.js';
import { endedBy } from '../rx/deadline.js';
import { wait } from '../rx/wait.js';
import { backEndUrl, sameOriginTransport } from './same-origin-transport.js';

/** The server of the application that a page belongs to. */
export interface BackEndOptions {
  /** Where it takes requests; a path of the page's own origin will do. */
  readonly url: string;
  /** More headers, such as a token against forged requests. Default: none. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What sends the requests. Default: `fetch`, with cookies for the page's own origin. */
  readonly transport?: AcmeTransport | undefined;
  /**
   * The longest that one answer may take, in milliseconds. Default: 30 000 for `remoteSigner`; `backEndSolver` waits, its
   * back end may have to see a record first.
   */
  readonly timeoutMs?: number | undefined;
  /** What that time goes by. Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/** Sends JSON, and emits the object of JSON that comes back; an empty one for an answer without a body. */
export type AskBackEnd = (body?: object) => Observable<JsonObject>;

const maxResponseBytes = 65_536;

/** Asks by GET where there is nothing to send, else by POST. Errors with what says how the back end refused. */
export function backEnd(what: string, options: BackEndOptions): AskBackEnd {
  const { headers = {}, transport = sameOriginTransport(), timeoutMs = Infinity, scheduler } = options;
  const url = backEndUrl(what, options.url);
  if (!(timeoutMs > 0)) throw new TypeError(`${what}: timeoutMs must be a number of milliseconds, more than none`);
  return (body) =>
    defer(() =>
      transport({
        method: body === undefined ? 'GET' : 'POST',
        url,
        headers: { accept: 'application/json', ...(body && { 'content-type': 'application/json' }), ...headers },
        maxResponseBytes,
        ...defined({ body: body && JSON.stringify(body) }),
      }),
    ).pipe(
      take(1),
      throwIfEmpty(() => new Error(`${url} gave no answer`)),
      endedBy(wait(timeoutMs, scheduler), () => new Error(`${url} did not answer within ${timeoutMs} ms`)),
      map((response) => answered(url, response)),
    );
}

function answered(url: string, { status, body }: AcmeHttpResponse): JsonObject {
  if (status < 200 || status > 299) throw new Error(`${url} refused with status ${status}`);
  if (body.byteLength > maxResponseBytes) throw new Error(`${url} answered with more than ${maxResponseBytes} bytes`);
  if (body.byteLength === 0) return {};
  const answer = parseJson(body, `the answer of ${url}`);
  if (!isObject(answer)) throw new Error(`${url} answered what is no object of JSON`);
  return answer;
}
