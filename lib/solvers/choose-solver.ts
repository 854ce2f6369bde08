import type { Authorization } from '../model/authorization.js';
import type { Challenge } from '../model/challenge.js';
import type { ChallengeSolver } from '../model/ports.js';

/** A challenge, and who solves it. */
export interface Choice {
  readonly challenge: Challenge;
  readonly solver: ChallengeSolver;
}

/**
 * The first solver in the caller's order that solves a challenge on offer; the order of the offer means nothing. A
 * challenge that is under way already comes before all others: it cannot be taken back.
 */
export function chooseSolver(
  { challenges }: Pick<Authorization, 'challenges'>,
  solvers: readonly ChallengeSolver[],
): Choice | undefined {
  const begun = challenges.filter(({ status }) => status === 'processing' || status === 'valid');
  return choose(begun, solvers) ?? choose(challenges, solvers);
}

function choose(challenges: readonly Challenge[], solvers: readonly ChallengeSolver[]): Choice | undefined {
  for (const solver of solvers) {
    for (const type of solver.types) {
      const challenge = challenges.find((each) => each.type === type && each.status !== 'invalid');
      if (challenge !== undefined) return { challenge, solver };
    }
  }
  return undefined;
}
