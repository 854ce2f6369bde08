import {
  asyncScheduler,
  catchError,
  concat,
  defer,
  EMPTY,
  ignoreElements,
  mergeMap,
  type Observable,
  of,
  type SchedulerLike,
  throwError,
  type TimestampProvider,
} from 'rxjs';
import { defined } from '../codec/defined.js';
import { AcmeInputError } from '../model/errors/input-error.js';
import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import { nameOf } from '../model/identifier.js';
import type { Journal, LeftBehindBase, PresentedEntry, WithdrawalEvent } from '../model/journal.js';
import type { ChallengeSolver } from '../model/ports.js';
import { runPort } from '../request/port.js';
import { deadline } from '../rx/deadline.js';
import { checkJournal, runJournal, usersOf } from '../solvers/journal/under-way.js';
import { withoutSecrets } from './solver-work.js';

/** Options of {@link withdrawAbandoned}. */
export interface WithdrawAbandonedOptions {
  /** Only what was written before, where other processes that are alive share the journal. Default: everything. */
  readonly before?: Date | undefined;
  /** How many are withdrawn at the same time. Default: 5. */
  readonly atATime?: number | undefined;
  /** How long one of them may take, in milliseconds. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** For the events. Default: the scheduler. */
  readonly clock?: TimestampProvider | undefined;
}

/**
 * Withdraws what killed processes have left presented, by what {@link journaled} solvers wrote about it. To be run at the
 * start, to its end, before orders are resumed or made. What this process has under way by the same journal is left alone.
 *
 * Emits one event for each entry, `withdrawn` or `clean-up-failed` with the reason, and completes; an entry whose clean-up
 * failed stays for the next time. Unsubscribing stops what is under way and leaves its entries. Errors:
 * {@link AcmePortError} where the journal cannot be read, after all that could be read of it. Cost: one `cleanUp` for each
 * entry, no request. Throws `TypeError` on options that cannot work.
 *
 * @param solvers The solver of the name that an entry has is asked; for an entry without a name, the first that has its
 * type and accepts it.
 *
 * @example
 * ```ts
 * declare const journal: Journal;
 * declare const solvers: readonly ChallengeSolver[];
 * const started$ = concat(
 *   withdrawAbandoned(journal, solvers).pipe(tap((event) => event.type)),
 *   obtainCertificate(account, { identifiers: ['example.org'], solvers }),
 * );
 * ```
 *
 * @see RFC 8555 §8
 */
export function withdrawAbandoned(
  journal: Journal,
  solvers: readonly ChallengeSolver[],
  options: WithdrawAbandonedOptions = {},
): Observable<WithdrawalEvent> {
  const { before, atATime = 5, timeoutMs = 30_000 } = options;
  checkJournal('withdrawAbandoned', journal);
  if (!(atATime >= 1)) throw new TypeError('withdrawAbandoned: atATime must be at least 1');
  if (!(timeoutMs >= 0)) throw new TypeError('withdrawAbandoned: timeoutMs must be a number that is not negative');
  return defer(() => {
    let trouble$: Observable<never> = EMPTY;
    return concat(
      runPort('journal', () => journal.read()).pipe(
        catchError((error: unknown) => {
          trouble$ = throwError(() => error);
          return EMPTY;
        }),
        mergeMap((entry) => {
          const isMeant = entry.type === 'presented' && (before === undefined || entry.at < before);
          return isMeant && usersOf(journal, entry.id) === 0 ? withdrawn(journal, entry, solvers, options) : EMPTY;
        }, atATime),
      ),
      defer(() => trouble$),
    );
  });
}

function withdrawn(
  journal: Journal,
  entry: PresentedEntry,
  solvers: readonly ChallengeSolver[],
  { timeoutMs: forMs = 30_000, scheduler = asyncScheduler, clock = scheduler }: WithdrawAbandonedOptions,
): Observable<WithdrawalEvent> {
  const { id, task, challengeType, orderUrl } = entry;
  const event = <Type extends string>(type: Type): LeftBehindBase<Type> => ({
    type,
    at: new Date(clock.now()),
    identifier: task.identifier,
    wildcard: task.wildcard,
    name: nameOf(task),
    challengeType,
    ...defined({ orderUrl }),
  });
  const onTimeout = () => new AcmeTimeoutError(`the clean-up took longer than ${forMs} ms`, undefined);
  return concat(
    runPort('solver', () => solverOf(entry, solvers).cleanUp(task)).pipe(ignoreElements()),
    runJournal(() => journal.erase(id)),
  ).pipe(
    deadline<never>({ forMs, scheduler, onTimeout }),
    (work$) =>
      concat(
        work$,
        defer(() => of(event('withdrawn'))),
      ),
    catchError((cause: unknown) => of({ ...event('clean-up-failed'), error: withoutSecrets(cause, { task }) })),
  );
}

function solverOf(
  { solver: name, challengeType: type, task: { identifier, wildcard } }: PresentedEntry,
  solvers: readonly ChallengeSolver[],
): ChallengeSolver {
  const found =
    name === undefined
      ? solvers.find((each) => each.types.includes(type) && each.accepts?.({ identifier, wildcard, type }) !== false)
      : solvers.find((each) => each.name === name);
  if (found !== undefined) return found;
  const missing = name === undefined ? `for ${type}` : `named ${JSON.stringify(name)}`;
  throw new AcmeInputError(`none of the solvers given is ${missing}; give the one that presented it`);
}
