import { defer, finalize, from } from 'rxjs';
import type { ChallengeSolver } from '../../../lib/index.js';

/** Counts what solvers present and have not withdrawn. */
export function presentedCount() {
  const presented = new Set<string>();
  const counted = (solver: ChallengeSolver): ChallengeSolver => ({
    ...solver,
    present: (task) =>
      defer(() => {
        presented.add(`${task.challenge.url} ${task.type}`);
        return from(solver.present(task));
      }),
    cleanUp: (task) =>
      defer(() => from(solver.cleanUp(task))).pipe(
        finalize(() => presented.delete(`${task.challenge.url} ${task.type}`)),
      ),
  });
  return { counted, left: () => presented.size };
}
