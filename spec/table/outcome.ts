import { map, materialize, type Observable, type ObservableNotification, toArray } from 'rxjs';
import { AcmeAuthorizationError, acmeErrorNamespace, AcmeProblemError, type IssuanceEvent } from '../../lib/index.js';
import type { Outcome, Told } from './environment.js';

/** Emits how a flow ended, once, when it has; never errors. */
export const outcomeOf = (told$: Observable<Told>): Observable<Outcome> =>
  told$.pipe(materialize(), toArray(), map(toOutcome));

function toOutcome(notifications: readonly ObservableNotification<Told>[]): Outcome {
  const told = notifications.flatMap((each) => (each.kind === 'N' ? [each.value] : []));
  const end = notifications.at(-1);
  const events = told.filter((each) => each.type !== 'fact');
  return {
    facts: inOrder(told.flatMap((each) => (each.type === 'fact' ? [each.fact] : []))),
    events: inOrder(events.map(skeletonOf).filter((line) => line !== '')),
    certificates: inOrder(
      events.flatMap((each) =>
        each.type === 'certificate-issued' ? [listOf(each.certificate.leaf.identifiers.map(({ value }) => value))] : [],
      ),
    ),
    error: end?.kind === 'E' ? errorText(end.error) : '',
  };
}

/** A set of lines: none twice, in an order that means nothing. */
export const inOrder = (lines: readonly string[]): readonly string[] => [...new Set(lines)].sort();

/** Names as one line. */
export const listOf = (names: readonly string[]): string => names.toSorted().join(', ');

function skeletonOf(event: IssuanceEvent): string {
  switch (event.type) {
    case 'polled':
    case 'waiting':
      return '';
    case 'order-created':
      return `${event.type} ${event.status}${event.resumed ? ' resumed' : ''}`;
    case 'authorization-pending':
    case 'challenge-presented':
    case 'challenge-answered':
    case 'clean-up-failed':
      return `${event.type} ${event.name} ${event.challengeType}`;
    case 'authorization-settled':
      return `${event.type} ${event.name} ${event.status}`;
    default:
      return event.type;
  }
}

/** An error in a few words; one that is none of rxacme's with its stack, as nobody expects it. */
export function errorText(error: unknown): string {
  if (error instanceof AcmeAuthorizationError) {
    const lines = error.failures.map(
      ({ identifier, wildcard, challengeType = 'no type', problem }) =>
        `${wildcard ? '*.' : ''}${identifier.value} ${challengeType} ${problem === undefined ? 'unexplained' : nameOf(problem.type)}`,
    );
    return `${error.code}: ${listOf(lines)}`;
  }
  if (error instanceof AcmeProblemError) return `${error.code} ${nameOf(error.problem.type)}`;
  const { code, stack } = error as { readonly code?: string; readonly stack?: string };
  return code ?? stack ?? String(error);
}

const nameOf = (type: string): string =>
  type.startsWith(acmeErrorNamespace) ? type.slice(acmeErrorNamespace.length) : type;
