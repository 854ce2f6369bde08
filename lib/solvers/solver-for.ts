import type { ChallengeSolver, ProofAsked } from '../model/ports.js';
import { wrappedSolver } from './wrapped-solver.js';

/**
 * A solver that is for certain names only; the next solver that fits is used for the others.
 *
 * Emits nothing itself: the value is the solver. What `accepts` throws becomes the cause of an {@link AcmePortError}. Cost:
 * none. Throws `TypeError` on a list that is empty or holds something else than domains.
 *
 * @param accepts A list of domains, each of which stands for itself and all below it, wildcards included; or a function
 * that says so of each name.
 *
 * @example
 * ```ts
 * const provider = (zone: string) => ({ add: () => of(zone), remove: () => of(zone) });
 * const solvers = [
 *   solverFor(dns01(provider('example.org')), ['example.org']),
 *   solverFor(dns01(provider('example.com')), ['example.com']),
 *   solverFor(http01({ add: () => of(0), remove: () => of(0) }), ({ wildcard }) => !wildcard),
 * ];
 * ```
 *
 * @see RFC 8555 §7.5.1
 */
export function solverFor(
  solver: ChallengeSolver,
  accepts: readonly string[] | ((asked: ProofAsked) => boolean),
): ChallengeSolver {
  const isFor = typeof accepts === 'function' ? accepts : below(accepts);
  return wrappedSolver(solver, { accepts: (asked) => isFor(asked) && solver.accepts?.(asked) !== false });
}

function below(domains: readonly string[]): (asked: ProofAsked) => boolean {
  const ends = domains.map((domain) => `.${domain.toLowerCase().replace(/^\.|\.$/g, '')}`);
  const isDomain = (end: string) => /^(?:\.[^\s.*/:]+)+$/.test(end);
  if (ends.length === 0 || !ends.every(isDomain))
    throw new TypeError(`solverFor: give domains without "*.", or a function, found ${JSON.stringify(domains)}`);
  return ({ identifier: { type, value } }) => type === 'dns' && ends.some((end) => `.${value}`.endsWith(end));
}
