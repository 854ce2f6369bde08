import { catchError, concat, defer, from, type Observable, throwError } from 'rxjs';
import { defined } from '../codec/defined.js';
import { AcmeError } from '../model/errors/acme-error.js';
import { AcmeAuthorizationError, type AuthorizationFailure } from '../model/errors/authorization-error.js';
import { problemName } from '../model/errors/problem-error.js';
import type { FallbackEvent, FellBack, IssuanceEvent } from '../model/events.js';
import { nameOf } from '../model/identifier.js';
import type { ChallengeSolver, ProofAsked } from '../model/ports.js';
import type { AcmeAccount } from '../request/account.js';
import { canProve } from '../solvers/choose-solver.js';
import { solverFor } from '../solvers/solver-for.js';

/** Options of {@link withFallback}. */
export interface WithFallbackOptions {
  /** In order of preference. */
  readonly solvers: readonly ChallengeSolver[];
  /** How many orders may be made in all. Default: 3. */
  readonly maxOrders?: number | undefined;
}

/**
 * Obtains a certificate, and where names cannot be proven by one type of challenge, tries those by the next type that a
 * solver has, in a new order, until nothing is left to try.
 *
 * Emits the events of all orders, and `fell-back` for each name that is tried by another type; completes after
 * `certificate-issued`. Unsubscribing ends the order under way. Errors with what the last order errors with; the
 * {@link AcmeAuthorizationError} of the order before is its `cause`. Only that error falls back, and not where a rate limit
 * or a person stands behind it: rate limits, lost connections and refused orders do not get better by another type of
 * challenge. Cost: each order its own; a failed one counts against the limits of many servers. Throws `TypeError` on
 * options that cannot work.
 *
 * @param attempt Makes an order with the solvers that it is given. What it has of its own, a key say, all orders share.
 *
 * @example
 * ```ts
 * declare const http: ChallengeSolver;
 * declare const dns: ChallengeSolver;
 * const certificate$ = withFallback(account, { solvers: [http, dns] }, (solvers) =>
 *   obtainCertificate(account, { identifiers: ['example.org'], solvers }),
 * ).pipe(toCertificate());
 * ```
 *
 * @see RFC 8555 §7.1.6, §8.2
 */
export function withFallback(
  account: AcmeAccount,
  { solvers, maxOrders = 3 }: WithFallbackOptions,
  attempt: (solvers: readonly ChallengeSolver[]) => Observable<IssuanceEvent>,
): Observable<FallbackEvent> {
  if (!Number.isInteger(maxOrders) || maxOrders < 1) throw new TypeError('withFallback: maxOrders must be 1 or more');
  const first$ = attempt(solvers); // Not in the stream, so that it throws here what it throws.
  const fromRound = (
    events$: Observable<IssuanceEvent>,
    excluded: ReadonlySet<string>,
    ordersLeft: number,
    earlier?: unknown,
  ): Observable<FallbackEvent> =>
    events$.pipe(
      catchError((error: unknown) => {
        keepCause(error, earlier);
        const failures = ordersLeft > 0 ? fallible(error) : [];
        if (failures.length === 0) return throwError(() => error);
        const without = new Set([...excluded, ...failures.map((each) => keyOf(each, each.challengeType))]);
        const rest = solvers.map((each) => solverFor(each, (asked) => !without.has(keyOf(asked, asked.type))));
        const steps = failures.map((each) => fellBack(account, error as AcmeAuthorizationError, each, rest));
        if (steps.some(({ nextTypes }) => nextTypes.length === 0)) return throwError(() => error);
        return concat(
          from(steps),
          defer(() => fromRound(attempt(rest), without, ordersLeft - 1, error)),
        );
      }),
    );
  return fromRound(first$, new Set(), maxOrders - 1);
}

const keyOf = (asked: Pick<ProofAsked, 'identifier' | 'wildcard'>, type: string | undefined): string =>
  `${asked.identifier.type} ${nameOf(asked)} ${type ?? ''}`;

/** The failures that another type of challenge may get over; none unless that is so of all. */
function fallible(error: unknown): readonly AuthorizationFailure[] {
  if (!(error instanceof AcmeAuthorizationError)) return [];
  const isHopeless = ({ challengeType, problem }: AuthorizationFailure) =>
    challengeType === undefined ||
    (problem !== undefined && ['rateLimited', 'userActionRequired'].includes(problemName(problem.type)));
  return error.failures.some(isHopeless) ? [] : error.failures;
}

function fellBack(
  { session }: AcmeAccount,
  { orderUrl = '' }: AcmeAuthorizationError,
  { identifier, wildcard, challengeType = '', reason, problem }: AuthorizationFailure,
  solvers: readonly ChallengeSolver[],
): FellBack {
  const types = solvers.flatMap((solver) =>
    solver.types.filter(
      (type) => canProve(identifier, wildcard, type) && solver.accepts?.({ identifier, wildcard, type }) !== false,
    ),
  );
  return {
    type: 'fell-back',
    at: new Date(session.clock.now()),
    orderUrl,
    identifier,
    wildcard,
    name: nameOf({ identifier, wildcard }),
    challengeType,
    nextTypes: [...new Set(types)],
    reason,
    ...defined({ problem }),
  };
}

/** Keeps why it came to this. An error that has a cause of its own keeps that, and none is among its own causes. */
function keepCause(error: unknown, earlier: unknown): void {
  if (earlier === undefined || !(error instanceof AcmeError) || error.cause !== undefined) return;
  for (let each: unknown = earlier; each instanceof Error; each = each.cause) if (each === error) return;
  Object.defineProperty(error, 'cause', { value: earlier, configurable: true, writable: true });
}
