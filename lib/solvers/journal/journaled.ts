import {
  asyncScheduler,
  concat,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  type ObservableInput,
  type SchedulerLike,
  type TimestampProvider,
} from 'rxjs';
import type { Journal } from '../../model/journal.js';
import type { ChallengeSolver, ChallengeTask } from '../../model/ports.js';
import { whenOver } from '../../rx/when-over.js';
import { wrappedSolver } from '../wrapped-solver.js';
import { presentedEntryOf } from './journal-entry.js';
import { checkJournal, enter, leave, runJournal, usersOf } from './under-way.js';

/** Options of {@link journaled}. */
export interface JournaledOptions {
  /** Tells the solver from others of its types; to be the same after a restart. Default: the solver's own, or none. */
  readonly name?: string | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** Says when an entry is written. Default: the scheduler. */
  readonly clock?: TimestampProvider | undefined;
}

/** How far the presentation of one task has come. */
interface Work {
  /** Whether the solver was asked to present. */
  begun: boolean;
  /** What the journal returned, and then the solver. */
  running?: ObservableInput<unknown>;
}

/**
 * A solver that writes into a journal what it is about to present, and erases it when that is withdrawn again. What a
 * killed process leaves behind is withdrawn by {@link withdrawAbandoned} at the next start.
 *
 * Emits nothing itself: the value is the solver. Where the journal fails, nothing is presented: the name fails, with
 * {@link AcmePortError} of the port `journal`. A clean-up that fails leaves the entry where it is. Cost: one `write` for
 * each name, and one `erase`; no request. Throws `TypeError` on what is no journal.
 *
 * @example
 * ```ts
 * const journal = memoryJournal(); // on Node: fileJournal('/var/lib/app/acme')
 * const provider = { add: () => of(0), remove: () => of(0) };
 * const solvers = [journaled(dns01(provider), journal)];
 * // At each start, before anything is presented:
 * const tidied$ = withdrawAbandoned(journal, solvers);
 * ```
 *
 * @see RFC 8555 §8
 */
export function journaled(solver: ChallengeSolver, journal: Journal, options: JournaledOptions = {}): ChallengeSolver {
  const { name = solver.name, scheduler = asyncScheduler, clock = scheduler } = options;
  checkJournal('journaled', journal);
  const tasks = new WeakMap<ChallengeTask, Work>();
  return wrappedSolver(solver, {
    name,
    present: (task) =>
      defer(() => {
        const work: Work = { begun: false };
        tasks.set(task, work);
        enter(journal, idOf(task));
        return concat(
          runJournal(() => noted(work, journal.write(presentedEntryOf(task, new Date(clock.now()), name)))),
          defer(() => {
            work.begun = true;
            return noted(work, solver.present(task));
          }),
        );
      }),
    cleanUp: (task) =>
      defer(() => {
        const work = tasks.get(task);
        tasks.delete(task);
        const users = work === undefined ? 0 : 1;
        return concat(
          // A record must not appear after it was removed, nor an entry after it was erased.
          whenOver(work?.running, scheduler),
          work?.begun === false ? EMPTY : defer(() => solver.cleanUp(task)).pipe(ignoreElements()),
          runJournal(() => (usersOf(journal, idOf(task)) > users ? EMPTY : journal.erase(idOf(task)))),
        ).pipe(
          finalize(() => {
            if (users > 0) leave(journal, idOf(task));
          }),
        );
      }),
  });
}

const idOf = ({ challenge }: ChallengeTask): string => challenge.url;

const noted = <T>(work: Work, input: ObservableInput<T>): ObservableInput<T> => (work.running = input);
