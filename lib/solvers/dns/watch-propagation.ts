import {
  asyncScheduler,
  catchError,
  concatMap,
  defaultIfEmpty,
  defer,
  from,
  map,
  mergeMap,
  type Observable,
  of,
  type SchedulerLike,
  take,
  toArray,
} from 'rxjs';
import { AcmeDnsError } from '../../model/errors/dns-error.js';
import { AcmeTimeoutError } from '../../model/errors/timeout-error.js';
import { deadline } from '../../rx/deadline.js';
import { checkPace, type PollPace, pollUntil } from '../../rx/poll-until.js';
import { wait } from '../../rx/wait.js';
import type { DnsPropagation, TxtServer } from './propagation.js';

/** The pace of a propagation check. All of it has defaults. */
export interface PropagationOptions extends Omit<PollPace, 'maxRetryAfterMs'> {
  /** The first wait between two looks, in milliseconds; later ones grow. Default: 2 000. */
  readonly firstMs?: number | undefined;
  /** No wait is longer, in milliseconds. Default: 15 000. */
  readonly maxMs?: number | undefined;
  /** The longest that the whole check may take, in milliseconds. Default: 120 000, two minutes. */
  readonly timeoutMs?: number | undefined;
  /** How long to wait before the first look, in milliseconds. Default: 0; 5 000 where servers are asked that remember what they did not find. */
  readonly delayMs?: number | undefined;
  /** The longest that one answer may take, in milliseconds. Default: 10 000. */
  readonly lookupTimeoutMs?: number | undefined;
  /** How many servers have to show the value. Default: all that can be asked, and at least one. */
  readonly atLeast?: number | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** Returns 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** One server and what it has said so far. */
interface State extends TxtServer {
  readonly seen: boolean;
  readonly reason: string;
  /** Whether there is no way to it: it then need not show anything, as long as another does. */
  readonly away: boolean;
  /** How often in a row it has not answered. */
  readonly silent: number;
}

/** How many servers are asked at the same time. */
const width = 8;
const patience = 2;

/** Throws `TypeError` on a pace that is not made of numbers that are not negative. */
export const checkPropagationOptions = (what: string, options: PropagationOptions): void =>
  checkPace(what, options, ['delayMs', 'lookupTimeoutMs', 'atLeast']);

/**
 * Asks every server for a value until enough of them show it. One that has shown it is not asked again.
 *
 * @param delayMs Before the first look, where the options do not say.
 */
export const watchPropagation = (
  record: { readonly name: string; readonly value: string },
  servers: readonly TxtServer[],
  options: PropagationOptions,
  delayMs = 0,
): Observable<DnsPropagation> =>
  defer(() => {
    const { scheduler = asyncScheduler, timeoutMs = 120_000, firstMs = 2_000, maxMs = 15_000 } = options;
    const first = servers.map((server): State => ({ ...server, seen: false, reason: '', away: false, silent: 0 }));
    const look = (states: readonly State[]) => lookAtAll(record, states, options);
    const waitMs = options.delayMs ?? delayMs;
    const started$ = waitMs > 0 ? wait(waitMs, scheduler) : of(0);
    return started$.pipe(
      concatMap(() => look(first)),
      pollUntil<readonly State[], DnsPropagation>({
        ...options,
        ...{ firstMs, maxMs, timeoutMs, scheduler },
        read: look,
        settled: (states) => isSeen(progressOf(record.name, states, options)),
        retryAfterMs: () => undefined,
        select: (states) => progressOf(record.name, states, options),
        onTimeout: (states) => timeoutError(progressOf(record.name, states, options), timeoutMs),
      }),
    );
  });

const isSeen = ({ seen, of: needed }: DnsPropagation) => seen >= needed;

function progressOf(name: string, states: readonly State[], { atLeast }: PropagationOptions): DnsPropagation {
  const lagging = states.filter(({ seen }) => !seen);
  const near = lagging.filter(({ away }) => !away);
  const seen = states.length - lagging.length;
  const needed = Math.max(1, Math.min(atLeast ?? Infinity, seen + near.length));
  const waitingFor = seen >= needed ? [] : near.length > 0 ? near : lagging;
  return { name, seen, of: needed, waitingFor: waitingFor.map(({ server, reason }) => ({ server, reason })) };
}

function timeoutError(progress: DnsPropagation, timeoutMs: number): AcmeTimeoutError {
  const { name, seen, of: needed, waitingFor } = progress;
  const why = waitingFor.map(({ server, reason }) => `${server}: ${reason}`).join('; ');
  const count = `${seen} of ${needed} servers show the value`;
  return new AcmeTimeoutError(`${name}: after ${timeoutMs} ms ${count}; still missing at ${why}`, progress);
}

const lookAtAll = (
  record: { readonly name: string; readonly value: string },
  states: readonly State[],
  options: PropagationOptions,
): Observable<readonly State[]> =>
  from(states.entries()).pipe(
    mergeMap(
      ([index, state]) =>
        (state.seen ? of(state) : ask(record, state, options)).pipe(map((after) => [index, after] as const)),
      width,
    ),
    toArray(),
    map((found) => found.sort(([a], [b]) => a - b).map(([, state]) => state)),
  );

function ask(
  { name, value }: { readonly name: string; readonly value: string },
  state: State,
  { scheduler = asyncScheduler, lookupTimeoutMs: forMs = 10_000 }: PropagationOptions,
): Observable<State> {
  const onTimeout = () => new AcmeDnsError('no-answer', `no answer within ${forMs} ms`);
  return defer(() => state.lookup(name)).pipe(
    take(1),
    defaultIfEmpty<readonly string[], readonly string[]>([]),
    deadline({ forMs, scheduler, onTimeout }),
    map((values) => ({
      ...state,
      ...{ seen: values.includes(value), reason: reasonOf(values), away: false, silent: 0 },
    })),
    catchError((error: unknown) => of(failed(state, error))),
  );
}

const reasonOf = (values: readonly string[]): string =>
  values.length === 0 ? 'the name has no TXT record' : `${values.length} other values`;

function failed(state: State, error: unknown): State {
  const failure = error instanceof AcmeDnsError ? error.failure : undefined;
  const silent = failure === 'no-answer' ? state.silent + 1 : 0;
  return { ...state, reason: failureOf(error), away: failure === 'unreachable' || silent >= patience, silent };
}

function failureOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AcmeDnsError) || error.rememberedMs === undefined) return said;
  return `${said}, which resolvers may remember for ${Math.round(error.rememberedMs / 1000)} s`;
}
