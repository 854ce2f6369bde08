import { catchError, concat, concatMap, defer, from, map, type Observable, of, throwError } from 'rxjs';
import { problemCode } from '../codec/problem-type.js';
import { AcmeOrderError } from '../model/errors/order-error.js';
import { AcmeProblemError } from '../model/errors/problem-error.js';
import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import { callPort } from '../request/port.js';
import { postFinalize } from '../resources/finalize.js';
import { getOrder } from '../resources/order.js';
import { sameOrder } from '../resources/same-order.js';
import { madeRequest } from './certificate-request.js';
import { type CertificateRequest, eventBase, type Issuance, type Progress, progressed, type Step } from './issuance.js';
import { watchOrder } from './watch-order.js';

const maxFinalizations = 3;

/** How long a server may go on saying `ready` after it was told to finalize, before it is told again. */
const readyAgainMs = 10_000;

/** How much longer than that it may ask for. */
const longestMs = 300_000;

/**
 * Takes an order out of `ready`: makes the certificate request where there is none yet, has its key stored, and
 * sends it. A server that says `ready` again after that is given time and looked at before anything is sent again.
 *
 * @see RFC 8555 §7.4
 */
export function finalize(issuance: Issuance, progress: Progress): Observable<Step> {
  const { order, request, finalizations } = progress;
  if (request !== undefined && finalizations > 0) return finalizeAgain(issuance, progress, request);
  return concat(
    defer(() => of<Step>({ type: 'order-ready', ...eventBase(issuance, order) })),
    request === undefined
      ? madeRequest(issuance, order).pipe(
          concatMap((each) => ('csr' in each ? sendRequest(issuance, progress, each) : of(each))),
        )
      : sendRequest(issuance, progress, request),
  );
}

function finalizeAgain(issuance: Issuance, progress: Progress, request: CertificateRequest): Observable<Step> {
  const { order, finalizations, refused } = progress;
  const again = (cause?: unknown) => {
    if (finalizations < maxFinalizations) return sendRequest(issuance, progress, request);
    const message = `the order stays "ready" after ${finalizations} finalizations; try again later`;
    return throwError(() => new AcmeOrderError(message, order, { url: order.url, cause }));
  };
  // It was not ready then, and is now.
  if (refused) return again();
  const { poll = {} } = issuance.options;
  const timeoutMs = Math.min(poll.timeoutMs ?? Infinity, readyAgainMs + (order.retryAfterMs ?? 0), longestMs);
  return watchOrder(issuance, progress, ({ status }) => status !== 'ready', { ...poll, timeoutMs }).pipe(
    catchError((error: unknown) =>
      // With `retryAt` the server itself wants more time than there is.
      error instanceof AcmeTimeoutError && error.retryAt === undefined ? again(error) : throwError(() => error),
    ),
  );
}

/** A server that is not ready after all is asked what the order's status is; the next step acts on that. */
const sendRequest = (issuance: Issuance, progress: Progress, request: CertificateRequest): Observable<Step> => {
  const { account, options } = issuance;
  const finalizations = progress.finalizations + 1;
  return callPort('finalizeMembers', () => options.finalizeMembers?.(progress.order) ?? of({})).pipe(
    concatMap((members) => postFinalize(account, progress.order, request.csr, members)),
    concatMap((order) =>
      from<Step[]>([
        { type: 'order-finalized', ...eventBase(issuance, order), status: order.status },
        progressed(progress, { order, request, finalizations, refused: false }),
      ]),
    ),
    catchError((error: unknown) =>
      isNotReady(error)
        ? getOrder(account, progress.order.url).pipe(
            map((now) => sameOrder(progress.order, now)),
            map((order) => progressed(progress, { order, request, finalizations, refused: true })),
          )
        : throwError(() => error),
    ),
  );
};

const isNotReady = (error: unknown): boolean =>
  error instanceof AcmeProblemError && problemCode(error.problem) === 'orderNotReady';
