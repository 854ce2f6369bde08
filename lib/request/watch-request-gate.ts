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
const [oftenMs, seldomMs] = [100, 1_000];

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
  const look = () => {
    const now = gate.state();
    // Nobody has come since the time was over.
    return now.leftMs <= 0 && now.waiting === 0 ? { ...now, status: 'open' as const } : now;
  };
  return defer(() =>
    merge(of(undefined), gate.changes$).pipe(
      switchMap(() =>
        of(look()).pipe(
          expand(({ status, leftMs }) =>
            status === 'open' ? EMPTY : wait(Math.min(Math.max(leftMs, oftenMs), seldomMs), scheduler).pipe(map(look)),
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
