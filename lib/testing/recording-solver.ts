import { defer, EMPTY, type ObservableInput } from 'rxjs';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';

/** A solver that does nothing but remember. */
export interface RecordingSolver extends ChallengeSolver {
  /** What is presented and not withdrawn, in order. */
  readonly presented: readonly ChallengeTask[];
  /** What was presented and has been withdrawn, in the order of that. */
  readonly withdrawn: readonly ChallengeTask[];
  /** Everything that was done, in order. */
  readonly calls: readonly { readonly call: 'present' | 'ready' | 'cleanUp'; readonly task: ChallengeTask }[];
}

/** Options of {@link recordingSolver}. */
export interface RecordingSolverOptions {
  /** Default: `http-01`, `dns-01`, `tls-alpn-01`. */
  readonly types?: readonly string[] | undefined;
  /** What `present` waits for or errors with. Default: nothing. */
  readonly present?: ((task: ChallengeTask) => ObservableInput<unknown>) | undefined;
  /** What `ready` waits for or errors with. Default: nothing. */
  readonly ready?: ((task: ChallengeTask) => ObservableInput<unknown>) | undefined;
  /** What `cleanUp` waits for or errors with. Default: nothing. */
  readonly cleanUp?: ((task: ChallengeTask) => ObservableInput<unknown>) | undefined;
}

/**
 * A solver for tests: remembers what it was asked to present and to withdraw.
 *
 * Emits nothing itself: the value is the solver. Cost: none.
 */
export function recordingSolver(options: RecordingSolverOptions = {}): RecordingSolver {
  const presented: ChallengeTask[] = [];
  const withdrawn: ChallengeTask[] = [];
  const calls: { call: 'present' | 'ready' | 'cleanUp'; task: ChallengeTask }[] = [];
  const recorded =
    (call: 'present' | 'ready' | 'cleanUp', change: (task: ChallengeTask) => void) => (task: ChallengeTask) =>
      defer(() => {
        calls.push({ call, task });
        change(task);
        return options[call]?.(task) ?? EMPTY;
      });
  return {
    types: options.types ?? ['http-01', 'dns-01', 'tls-alpn-01'],
    presented,
    withdrawn,
    calls,
    present: recorded('present', (task) => {
      presented.push(task);
    }),
    ready: recorded('ready', () => undefined),
    cleanUp: recorded('cleanUp', (task) => {
      const index = presented.findIndex(({ challenge }) => challenge.url === task.challenge.url);
      if (index >= 0) withdrawn.push(...presented.splice(index, 1));
    }),
  };
}
