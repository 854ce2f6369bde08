import { defer, type Observable, of, type SchedulerLike, throwError } from 'rxjs';
import { concatMap } from 'rxjs';
import type { AcmeHttpRequest, AcmeHttpResponse, AcmeTransport } from '../model/ports.js';
import { wait } from '../rx/wait.js';
import { type Reply, toHttpResponse } from './ca/reply.js';

/** One answer of {@link scriptedReplies}. */
export interface ScriptedReply extends Partial<Reply> {
  /** Before it comes, in milliseconds. Default: 0, at once. */
  readonly delayMs?: number;
  /** What the exchange errors with instead. */
  readonly error?: unknown;
}

/**
 * A transport that gives one answer after the other, whatever it is asked; the last one again and again. For tests of
 * a single request, where a fake CA says too much.
 *
 * Emits each answer once, then completes; errors with an answer's `error`.
 */
export function scriptedReplies(
  replies: readonly ScriptedReply[],
  scheduler?: SchedulerLike,
): AcmeTransport & { readonly requests: readonly AcmeHttpRequest[] } {
  const requests: AcmeHttpRequest[] = [];
  const transport = (request: AcmeHttpRequest): Observable<AcmeHttpResponse> =>
    defer(() => {
      const reply = replies[Math.min(requests.push(request), replies.length) - 1] ?? {};
      const { delayMs = 0, error, ...rest } = reply;
      const answer$ = error === undefined ? of(toHttpResponse({ status: 200, ...rest })) : throwError(() => error);
      return delayMs > 0 ? wait(delayMs, scheduler).pipe(concatMap(() => answer$)) : answer$;
    });
  return Object.assign(transport, { requests });
}
