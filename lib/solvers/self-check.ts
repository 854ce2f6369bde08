import {
  asyncScheduler,
  catchError,
  concat,
  defer,
  EMPTY,
  map,
  type Observable,
  type ObservableInput,
  of,
  type SchedulerLike,
  take,
  throwIfEmpty,
} from 'rxjs';
import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import type { Identifier } from '../model/identifier.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';
import { deadline } from '../rx/deadline.js';
import { checkPace, type PollPace, pollUntil } from '../rx/poll-until.js';
import { wrappedSolver } from './wrapped-solver.js';

/** What one look at an answer came to. */
export interface SelfCheckLook {
  /** Whether the authority would accept it. */
  readonly passed: boolean;
  /** What was seen instead, for a person. No token, no key authorization. */
  readonly found?: string;
}

/**
 * Looks once whether an answer can be seen, as the authority would. Emits what it saw, once; what it errors with counts
 * as seen, too. Tasks of types that it does not know pass.
 */
export type SelfCheck = (task: ChallengeTask) => ObservableInput<SelfCheckLook>;

/** How far a self-check has come: what {@link ChallengeSolver.ready} emits. */
export interface SelfCheckProgress extends SelfCheckLook {
  /** Tells it from what other solvers emit. */
  readonly type: 'self-check';
  /** What is to be proven. */
  readonly identifier: Identifier;
  /** Such as `http-01`. */
  readonly challengeType: string;
  /** How often it has looked. */
  readonly looks: number;
  /** When it looks again, in milliseconds from now. Absent where it does not. */
  readonly nextLookMs?: number;
}

/** The pace of a self-check and its limits. All of it has defaults. */
export interface SelfCheckOptions extends Omit<PollPace, 'maxRetryAfterMs'> {
  /** The first wait between two looks, in milliseconds; later ones grow. Default: 500. */
  readonly firstMs?: number | undefined;
  /** No wait is longer, in milliseconds. Default: 5 000. */
  readonly maxMs?: number | undefined;
  /** The longest that the whole check may take, in milliseconds. Default: 60 000, one minute. */
  readonly timeoutMs?: number | undefined;
  /** The longest that one look may take, in milliseconds. Default: 10 000. */
  readonly lookTimeoutMs?: number | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** Returns 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

interface Seen extends SelfCheckLook {
  readonly looks: number;
  readonly cause?: unknown;
}

/**
 * A solver that also looks itself whether its answer can be seen, before the authority is told: a proof that fails there
 * counts against a limit, one that fails here does not. Looks again until it passes. Wrap it again for another check.
 *
 * Emits nothing itself: the value is the solver. Its `ready` is the wrapped solver's own, then the check; it emits
 * {@link SelfCheckProgress} for each look, and errors with {@link AcmeTimeoutError}, whose message says what was seen,
 * when the time is over. Cost: what the check asks for, one timer, no request to the certification authority. Throws
 * `TypeError` on a pace that is not made of numbers.
 *
 * @example
 * ```ts
 * const found = (passed: boolean) => (passed ? { passed } : { passed, found: 'another answer' });
 * const check: SelfCheck = (task) => {
 *   const { path, content } = httpResource(task);
 *   return defer(() => fetch(`https://staging.example.org${path}`).then((answer) => answer.text())).pipe(
 *     map((text) => found(text === content)),
 *   );
 * };
 * const checked = (solver: ChallengeSolver) => withSelfCheck(solver, check, { timeoutMs: 30_000 });
 * ```
 *
 * @see RFC 8555 §8.2
 */
export function withSelfCheck(
  solver: ChallengeSolver,
  check: SelfCheck,
  options: SelfCheckOptions = {},
): ChallengeSolver {
  checkPace('withSelfCheck', options, ['lookTimeoutMs']);
  const { lookTimeoutMs = 10_000 } = options;
  return wrappedSolver(solver, {
    ready: (task) =>
      concat(
        defer((): ObservableInput<unknown> => solver.ready?.(task) ?? EMPTY),
        untilPassed(task, check, { ...options, lookTimeoutMs }),
      ),
  });
}

function untilPassed(
  task: ChallengeTask,
  check: SelfCheck,
  options: SelfCheckOptions & { readonly lookTimeoutMs: number },
): Observable<SelfCheckProgress> {
  const { identifier, type: challengeType } = task;
  const { timeoutMs = 60_000, firstMs = 500, maxMs = 5_000 } = options;
  const onTimeout = ({ found = 'another answer', looks, cause }: Seen) => {
    const message = `${identifier.value} (${challengeType}): the self-check did not pass within ${timeoutMs} ms (${looks} looks): ${found}`;
    return new AcmeTimeoutError(message, { identifier, challengeType, found, looks }, { cause });
  };
  return defer(() => look(task, check, 1, options)).pipe(
    pollUntil<Seen, SelfCheckProgress>({
      ...options,
      ...{ timeoutMs, firstMs, maxMs, onTimeout },
      read: ({ looks }) => look(task, check, looks + 1, options),
      settled: ({ passed }) => passed,
      retryAfterMs: () => undefined,
      select: ({ passed, found, looks }, nextLookMs) => ({
        ...{ type: 'self-check', identifier, challengeType, looks, passed },
        ...(found === undefined ? {} : { found }),
        ...(nextLookMs === undefined ? {} : { nextLookMs }),
      }),
    }),
  );
}

const look = (
  task: ChallengeTask,
  check: SelfCheck,
  looks: number,
  { scheduler = asyncScheduler, lookTimeoutMs: forMs }: SelfCheckOptions & { readonly lookTimeoutMs: number },
): Observable<Seen> =>
  defer(() => check(task)).pipe(
    take(1),
    throwIfEmpty(() => new Error('the check completed without a look')),
    deadline({ forMs, scheduler, onTimeout: () => new Error(`no answer within ${forMs} ms`) }),
    map(({ passed, found }): Seen => ({ looks, passed, ...(found === undefined ? {} : { found }) })),
    catchError((cause: unknown) =>
      of<Seen>({ looks, passed: false, found: cause instanceof Error ? cause.message : String(cause), cause }),
    ),
  );
