import { Injectable } from '@angular/core';
import { type AcmeSession, type RequestGateState, retryWithBackoff, type RetryPolicy, watchRequestGate } from 'rxacme';
import { distinctUntilChanged, map, merge, type Observable, skip, Subject } from 'rxjs';

/** A request has failed and is sent again. */
export interface Retrying {
  readonly type: 'retrying';
  readonly at: Date;
  readonly reason: string;
  readonly attempt: number;
  readonly waitMs: number;
}

/** A rate limit holds requests back until `opensAt`, or no longer does. */
export interface Held extends RequestGateState {
  readonly type: 'held';
  readonly at: Date;
}

/** What keeps an order waiting beside the order itself, which tells that by its events. */
@Injectable()
export class Waits {
  private readonly usual = retryWithBackoff();
  private readonly retries$ = new Subject<Omit<Retrying, 'type' | 'at'>>();

  /** The usual policy. A policy is a function, so whoever wraps it hears of each retry. */
  readonly policy: RetryPolicy = (failure) => {
    const waitMs = this.usual(failure);
    if (waitMs !== undefined) this.retries$.next({ reason: failure.error.message, attempt: failure.attempt, waitMs });
    return waitMs;
  };

  /** Of a session with that policy. Never completes. */
  of(session: AcmeSession): Observable<Retrying | Held> {
    const at = () => new Date(session.clock.now());
    const held$ = watchRequestGate(session).pipe(
      distinctUntilChanged((one, other) => one.opensAt?.getTime() === other.opensAt?.getTime()),
      skip(1),
    );
    return merge(
      this.retries$.pipe(map((retry) => ({ type: 'retrying', at: at(), ...retry }) as const)),
      held$.pipe(map((gate) => ({ type: 'held', at: at(), ...gate }) as const)),
    );
  }
}
