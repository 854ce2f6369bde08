import {
  catchError,
  concat,
  concatMap,
  defer,
  EMPTY,
  filter,
  from,
  ignoreElements,
  merge,
  mergeMap,
  type Observable,
  of,
  takeWhile,
  throwError,
} from 'rxjs';
import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import type { Order } from '../model/order.js';
import type { Answers } from './answer-challenge.js';
import { authorizationFailure, throwFailures } from './authorization-failure.js';
import { explainInvalid, lookAtAll } from './explain-invalid.js';
import { type Issuance, type Progress, progressed, type Step } from './issuance.js';
import { type Proof, settledEvent } from './proof.js';
import { watchAuthorization } from './watch-authorization.js';
import { watchOrder } from './watch-order.js';

/** An order with one of these has all of its authorizations. */
const authorized = ['ready', 'processing', 'valid'];

/**
 * Ends the proofs of an order: the answers' own statuses may say it all; else the order is looked at, once for all of its
 * names, until it moves.
 *
 * @see RFC 8555 §7.1.6, §7.5.1
 */
export function awaitOrder(
  issuance: Issuance,
  progress: Progress,
  proofs: readonly Proof[],
  answers: Answers,
): Observable<Step> {
  const { retryAfterMs: _, ...order } = progress.order;
  const given = [...answers.values()];
  const settled$ = defer(() =>
    from(proofs.map(({ authorization }) => settledEvent(issuance, order, authorization, 'valid'))),
  );
  if (given.every(({ status }) => status === 'valid')) {
    return concat(settled$, of(progressed(progress, { order: { ...order, status: 'ready' } })));
  }
  if (given.some(({ status }) => status === 'invalid')) return explainInvalid(issuance, order, true);
  const waits = given.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const asked = { ...order, retryAfterMs: Math.max(0, ...waits) };
  const told = new Set<string>();
  const { certificateReader } = issuance.account.session.state;
  return merge(
    // There is time for it now.
    defer(() => certificateReader.prepare?.() ?? EMPTY).pipe(
      ignoreElements(),
      catchError(() => EMPTY),
    ),
    issuance.options.watchAuthorizations === true
      ? from(proofs).pipe(mergeMap((proof) => watchAuthorization(issuance, order, proof, answers), proofs.length))
      : EMPTY,
    watchOrder(issuance, { ...progress, order: asked }, ({ status }) => status !== 'pending'),
  ).pipe(
    takeWhile(({ type }) => type !== 'progress', true),
    concatMap((step): Observable<Step> => {
      if (step.type !== 'progress') return of(step);
      const { order: moved } = step.progress;
      if (moved.status === 'invalid') return explainInvalid(issuance, moved, true);
      return authorized.includes(moved.status) ? concat(settled$, of(step)) : of(step);
    }),
    catchError((error: unknown) =>
      error instanceof AcmeTimeoutError ? explainTimeout(issuance, order, error) : throwError(() => error),
    ),
    // What was seen of an authorization by itself need not be told again.
    filter((step) => step.type !== 'authorization-settled' || (!told.has(step.name) && !!told.add(step.name))),
  );
}

/** Some servers leave an order pending when a validation fails, and say why only in the authorization. */
const explainTimeout = (issuance: Issuance, order: Order, timeout: AcmeTimeoutError): Observable<Step> =>
  lookAtAll(issuance, order, false).pipe(
    catchError(() => throwError(() => timeout)),
    concatMap(({ authorizations }) => {
      const refused = authorizations.filter(({ challenges }) => challenges.some(({ error }) => error !== undefined));
      throwFailures(refused.map(authorizationFailure), order, timeout);
      return throwError(() => timeout);
    }),
  );
