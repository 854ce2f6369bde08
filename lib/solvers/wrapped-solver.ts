import { EMPTY, of } from 'rxjs';
import type { ChallengeSolver } from '../model/ports.js';

/** A solver that does what another one does, but for some of its members. Solvers may be instances of classes. */
export const wrappedSolver = (solver: ChallengeSolver, changes: Partial<ChallengeSolver>): ChallengeSolver => ({
  types: solver.types,
  name: solver.name,
  present: (task) => solver.present(task),
  cleanUp: (task) => solver.cleanUp(task),
  ...(solver.accepts && { accepts: (asked) => solver.accepts?.(asked) ?? true }),
  ...(solver.ready && { ready: (task) => solver.ready?.(task) ?? EMPTY }),
  ...(solver.response && { response: (task) => solver.response?.(task) ?? of({}) }),
  ...changes,
});
