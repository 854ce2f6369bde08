import { defer, distinctUntilChanged, EMPTY, expand, map, merge, type Observable, of, switchMap } from 'rxjs';
import { defined } from '../codec/defined.js';
import { wait } from '../rx/wait.js';
import type { AcmeSession } from './session.js';

/** How the request gate of a session stands. */
export interface RequestGateState {
  /** `closed` by a rate limit; `opening`: the requests that waited go on one by one. */
  readonly status: 'open' | 'closed' | 'opening';
  /** How many requests wait, for the gate or for a place (`maxRequestsInFlight`). */
  readonly waiting: number;
  /** Until when it is closed. */
  readonly opensAt?: Date;
}

/** How often the number of those who wait is read while the gate is not open, in milliseconds. */
const lookMs = 100;

/**
 * Watches the gate through which the requests of a session go. A rate limit that says when it ends closes it for every
 * pipeline of the session, where the wait is at most `maxRetryAfterMs` or where a balancer in front of the server has
 * spoken; then they go on one by one, ten a second at first, all of them after a second.
 *
 * Emits how it stands, at once and after each change. Never completes. Errors: none. Cost: no request; one timer while
 * the gate is not open.
 *
 * @see RFC 8555 §6.6
 */
export function watchRequestGate(session: AcmeSession): Observable<RequestGateState> {
  const { clock, scheduler, state } = session;
  const { gate } = state;
  return defer(() =>
    merge(of(undefined), gate.changes$).pipe(
      switchMap(() =>
        of(gate.state()).pipe(
          expand(({ status, leftMs }) =>
            status === 'open' ? EMPTY : wait(Math.max(leftMs, lookMs), scheduler).pipe(map(() => gate.state())),
          ),
        ),
      ),
      map(({ status, waiting, leftMs }) =>
        defined({ status, waiting, opensAt: status === 'closed' ? new Date(clock.now() + leftMs) : undefined }),
      ),
      distinctUntilChanged((one, other) => JSON.stringify(one) === JSON.stringify(other)),
    ),
  );
}
