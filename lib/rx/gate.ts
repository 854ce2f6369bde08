import {
  asyncScheduler,
  type Observable,
  type SchedulerLike,
  Subject,
  type Subscription,
  type TimestampProvider,
} from 'rxjs';
import { type Slots, slots } from './slots.js';
import { longestTimerMs } from './wait.js';

/** Options of {@link gate}. */
export interface GateOptions {
  /** How much work runs at a time. */
  readonly places: number;
  /** The longest that work waits for a closed gate, in milliseconds. Default: however long. */
  readonly maxWaitMs?: number | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** Default: the scheduler. */
  readonly clock?: TimestampProvider | undefined;
}

/** A number of places for work, behind a gate that can be closed for a while. */
export interface Gate extends Pick<Slots, 'run'> {
  /**
   * Lets nobody in for so long, in milliseconds, unless it is closed for longer already. When the time is over, those
   * who wait go in one by one, ten a second at first, then faster; after a second, or when nobody waits any more, the gate
   * is open. Who would have to wait for longer than
   * `maxWaitMs` is told so at once: `refusal` makes the error.
   */
  readonly close: (ms: number, refusal: (leftMs: number) => unknown) => void;
  /** How it stands now. */
  readonly state: () => GateState;
  /** Emits when the gate was closed, or for longer, when it lets in one by one, and when it is open. */
  readonly changes$: Observable<void>;
}

/** How a gate stands. */
export interface GateState {
  /** `opening`: those who waited go in one by one. */
  readonly status: 'open' | 'closed' | 'opening';
  /** How long nobody goes in, in milliseconds; 0 or less where the next one would. */
  readonly leftMs: number;
  /** How much work is in the queue. */
  readonly waiting: number;
}

/** Between the first two that go in while the gate is opening, in milliseconds; then always a tenth less. */
const firstSpacingMs = 100;

/** Makes a gate, open. While it is open it sets no timer and reads no clock. */
export function gate(options: GateOptions): Gate {
  const { places, maxWaitMs = Infinity, scheduler = asyncScheduler, clock = scheduler } = options;
  const changes$ = new Subject<void>();
  let status: GateState['status'] = 'open';
  /** When the next one may go in. */
  let nextAtMs = 0;
  /** How long the next one waits at most, though the clock be set back. */
  let longestMs = 0;
  let refusal: (leftMs: number) => unknown;
  let timer: Subscription | undefined;

  const leftMs = () => {
    const nowMs = clock.now();
    nextAtMs = Math.min(nextAtMs, nowMs + longestMs);
    return nextAtMs - nowMs;
  };
  const left = () => {
    timer?.unsubscribe();
    timer = undefined;
  };
  const turn = (to: GateState['status'], ms: number) => {
    left();
    longestMs = ms;
    nextAtMs = clock.now() + ms;
    status = to;
    changes$.next();
  };
  const admits = () => {
    if (status === 'open') return true;
    const ms = leftMs();
    if (status === 'closed' && ms > maxWaitMs) refuse(() => refusal(ms));
    else if (ms > 0) timer ??= scheduler.schedule(wake, Math.min(ms, longestTimerMs));
    return ms <= 0;
  };
  const entered = () => {
    if (status === 'open') return;
    const spacingMs = status === 'closed' ? firstSpacingMs : Math.floor(longestMs * 0.9);
    if (status === 'opening' && (waiting() === 0 || spacingMs === 0)) turn('open', 0);
    else turn('opening', spacingMs);
  };
  const { run, waiting, drain, refuse } = slots(places, { admits, entered, left });
  const wake = () => {
    left();
    drain();
  };
  return {
    run,
    close(ms, makeRefusal) {
      if (ms <= (status === 'closed' ? Math.max(0, leftMs()) : 0)) return;
      refusal = makeRefusal;
      turn('closed', ms);
      // Those too who wait for a place.
      if (status === 'closed' && ms > maxWaitMs) refuse(() => refusal(ms));
      drain();
    },
    state: () => ({ status, leftMs: leftMs(), waiting: waiting() }),
    changes$,
  };
}
