import type { ChallengeSolver } from '../model/ports.js';
import { type AcmeFeature, checkThat, feature } from './feature.js';

/**
 * Provides solvers, to be injected where certificates are obtained. Throws `TypeError` on what is neither a list nor a
 * function.
 *
 * @param solvers Or a function that returns them, in which `inject` works.
 * @see RFC 8555 §8
 */
export const withSolvers = (
  solvers: readonly ChallengeSolver[] | (() => readonly ChallengeSolver[]),
): AcmeFeature<'solvers'> => {
  checkThat(
    typeof solvers === 'function' || Array.isArray(solvers),
    'withSolvers: solvers must be an array, or a function that returns one',
  );
  return feature('solvers', (tokens) => [
    typeof solvers === 'function'
      ? { provide: tokens.solvers, useFactory: solvers }
      : { provide: tokens.solvers, useValue: solvers },
  ]);
};
