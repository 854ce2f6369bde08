import type { ObservableInput } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { Identifier } from '../model/identifier.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';

/** One value of a TXT record. A name and its wildcard have the same record name and two values. */
export interface TxtRecord {
  /** The record's name, such as `_acme-challenge.example.org`, without a final dot. */
  readonly name: string;
  /** What to publish, without quotes. */
  readonly value: string;
  /** The name that is to be proven, without `*.`. */
  readonly identifier: Identifier;
}

/** What a solver that publishes TXT records is made of: functions of any DNS provider. */
export interface TxtRecordOptions<R extends TxtRecord = TxtRecord> {
  /** Adds one value and leaves the others of that name alone. Done when it completes or resolves. */
  readonly add: (record: R) => ObservableInput<unknown>;
  /** Removes that value and leaves the others alone. Also called where `add` failed or was cut short. */
  readonly remove: (record: R) => ObservableInput<unknown>;
  /** Completes when the server will see the value. Default: as soon as `add` is done. */
  readonly ready?: ((record: R) => ObservableInput<unknown>) | undefined;
}

/** Options of {@link dns01}. */
export type Dns01Options = TxtRecordOptions;

/**
 * A solver for `dns-01` over two functions, those of any DNS provider.
 *
 * Emits nothing itself: the value is the solver. What the functions emit is ignored; what `add` and `ready` error with
 * ends the order, as the `cause` of a failure in an {@link AcmeAuthorizationError}. Cost: no request to the certification
 * authority. Throws `TypeError` without the two functions.
 *
 * @see RFC 8555 §8.4
 */
export const dns01 = (options: Dns01Options): ChallengeSolver => txtRecordSolver('dns-01', options, txtRecord);

/**
 * The TXT record that proves a `dns-01` task. Throws {@link AcmeInputError} for a challenge without
 * a token or for an identifier that is no name.
 *
 * @see RFC 8555 §8.4
 */
export const txtRecord = (task: ChallengeTask): TxtRecord => challengeRecord('dns-01', '_acme-challenge', task);

/** The record under a label that has the digest of a task's key authorization as its value. */
export function challengeRecord(
  type: string,
  label: string,
  { identifier, keyAuthorizationDigest }: ChallengeTask,
): TxtRecord {
  if (keyAuthorizationDigest === undefined || identifier.type !== 'dns')
    throw new AcmeInputError(`${type}: the challenge has no token or is not about a name`);
  return { name: `${label}.${identifier.value}`, value: keyAuthorizationDigest, identifier };
}

/** A solver over functions that change records. */
export function txtRecordSolver<R extends TxtRecord>(
  type: string,
  { add, remove, ready }: TxtRecordOptions<R>,
  recordOf: (task: ChallengeTask) => R,
): ChallengeSolver {
  if (typeof add !== 'function' || typeof remove !== 'function')
    throw new TypeError(`${type}: add and remove must be functions`);
  const solver = {
    types: [type],
    present: (task: ChallengeTask) => add(recordOf(task)),
    cleanUp: (task: ChallengeTask) => remove(recordOf(task)),
  };
  return ready === undefined ? solver : { ...solver, ready: (task) => ready(recordOf(task)) };
}
