import type { ChallengeSolver } from '../model/ports.js';
import { type AcmeFeature, feature } from './feature.js';

/**
 * Provides solvers, to be injected where certificates are obtained.
 *
 * @param solvers Or a function that returns them, in which `inject` works.
 */
export const withSolvers = (
  solvers: readonly ChallengeSolver[] | (() => readonly ChallengeSolver[]),
): AcmeFeature<'solvers'> =>
  feature('solvers', (tokens) => [
    typeof solvers === 'function'
      ? { provide: tokens.solvers, useFactory: solvers }
      : { provide: tokens.solvers, useValue: solvers },
  ]);
