import type { ObservableInput } from 'rxjs';
import { AcmeInputError } from '../model/errors/input-error.js';
import type { Identifier } from '../model/identifier.js';
import type { ChallengeSolver, ChallengeTask } from '../model/ports.js';

/** One value of a TXT record. A name and its wildcard have the same record name and two values. */
export interface TxtRecord {
  /** The record's name, such as `_acme-challenge.example.org`, without a final dot. */
  readonly name: string;
  readonly value: string;
  /** The name that is to be proven, without `*.`. */
  readonly identifier: Identifier;
}

/** Options of {@link dns01}. */
export interface Dns01Options {
  /** Adds one value and leaves the others of that name alone. Done when it completes or resolves. */
  readonly add: (record: TxtRecord) => ObservableInput<unknown>;
  /** Removes that value and leaves the others alone. Also called where `add` failed or was cut short. */
  readonly remove: (record: TxtRecord) => ObservableInput<unknown>;
  /** Completes when the server will see the value. Default: as soon as `add` is done. */
  readonly ready?: ((record: TxtRecord) => ObservableInput<unknown>) | undefined;
}

/**
 * A solver for `dns-01` over two functions, those of any DNS provider.
 *
 * Emits nothing itself: the value is the solver. What the functions emit is ignored; what `add` and `ready` error with
 * ends the order, as the `cause` of a failure in an {@link AcmeAuthorizationError}. Cost: no request to the certification
 * authority.
 *
 * @see RFC 8555 §8.4
 */
export function dns01({ add, remove, ready }: Dns01Options): ChallengeSolver {
  const solver = {
    types: ['dns-01'],
    present: (task: ChallengeTask) => add(txtRecord(task)),
    cleanUp: (task: ChallengeTask) => remove(txtRecord(task)),
  };
  return ready === undefined ? solver : { ...solver, ready: (task) => ready(txtRecord(task)) };
}

/**
 * The TXT record that proves a `dns-01` task. Throws {@link AcmeInputError} for a challenge without
 * a token or for an identifier that is no name.
 *
 * @see RFC 8555 §8.4
 */
export function txtRecord({ identifier, keyAuthorizationDigest }: ChallengeTask): TxtRecord {
  if (keyAuthorizationDigest === undefined || identifier.type !== 'dns')
    throw new AcmeInputError(
      'dns-01: the challenge has no token or is not about a name, so there is no value to publish',
    );
  return { name: `_acme-challenge.${identifier.value}`, value: keyAuthorizationDigest, identifier };
}
