import type { Authorization } from '../model/authorization.js';
import type { Challenge } from '../model/challenge.js';
import type { ChallengeSolver } from '../model/ports.js';

/** A challenge, and who solves it. */
export interface Choice {
  readonly challenge: Challenge;
  readonly solver: ChallengeSolver;
}

type Offer = Pick<Authorization, 'challenges' | 'identifier' | 'wildcard'>;

/**
 * The first solver in the caller's order that solves a challenge on offer; the order of the offer means nothing. A
 * challenge that is under way already comes before all others: it cannot be taken back. Those that can never prove what
 * is asked for are passed over, and solvers that do not accept it.
 *
 * @see RFC 8555 §8.3, §8.4, RFC 8737 §3, RFC 8738 §7, RFC 9799 §3.1
 */
export const chooseSolver = (offer: Offer, solvers: readonly ChallengeSolver[]): Choice | undefined =>
  choose(offer, offer.challenges.filter(isBegun), solvers) ?? choose(offer, offer.challenges, solvers);

/** The types that solvers have, and why each of them does not fit. */
export const misfits = (offer: Offer, solvers: readonly ChallengeSolver[]): string =>
  solvers
    .flatMap((solver) =>
      solver.types.map((type) => {
        const offered = offer.challenges.find((each) => each.type === type);
        return `${type} (${offered ? (obstacle(offer, offered, solver) ?? '') : 'not offered'})`;
      }),
    )
    .join(', ') || 'none';

function choose(
  offer: Offer,
  challenges: readonly Challenge[],
  solvers: readonly ChallengeSolver[],
): Choice | undefined {
  for (const solver of solvers) {
    for (const type of solver.types) {
      const challenge = challenges.find((each) => each.type === type && !obstacle(offer, each, solver));
      if (challenge !== undefined) return { challenge, solver };
    }
  }
  return undefined;
}

const isBegun = ({ status }: Challenge): boolean => status === 'processing' || status === 'valid';

/** Why a solver of its type does not solve a challenge. */
function obstacle({ identifier, wildcard }: Offer, challenge: Challenge, solver: ChallengeSolver): string | undefined {
  const { type, status } = challenge;
  if (status === 'invalid') return 'has failed';
  if (!isBegun(challenge) && !canProve(identifier, wildcard, type)) return 'cannot prove it';
  return solver.accepts?.({ identifier, wildcard, type }) === false ? 'not for this name' : undefined;
}

/** Whether a type of challenge can prove an identifier, as far as its RFC says. */
export const canProve = ({ type: kind, value }: Offer['identifier'], wildcard: boolean, type: string): boolean =>
  /^dns-(?:account-|persist-)?01$/.test(type)
    ? kind !== 'ip' && !/\.onion$/i.test(value)
    : !(wildcard && /^(?:http|tls-alpn)-01$/.test(type));
