import {
  asyncScheduler,
  concat,
  concatMap,
  defer,
  EMPTY,
  ignoreElements,
  type Observable,
  type ObservableInput,
  of,
  type SchedulerLike,
  tap,
} from 'rxjs';
import { whenOver } from '../../rx/when-over.js';
import type { DnsProvider, DnsRecord } from './dns-provider.js';
import { located, type Whereabouts } from './locate-record.js';
import type { PropagationCheck } from './propagation.js';
import { turns, type Turns } from './turns.js';

/** Options of {@link txtPublisher}. */
export interface TxtPublisherOptions {
  /** How to find out that a value is seen. Default: what the provider's own `ready` says, or no check at all. */
  readonly propagation?: PropagationCheck | undefined;
  /**
   * Whether a record is written where the aliases of its name lead, which is how a challenge is delegated to another
   * zone. Takes a look-up of one's own, too. Default: true where `propagation` can look and asks servers that do not
   * remember what they did not find.
   */
  readonly followCname?: boolean | ((name: string) => ObservableInput<string>) | undefined;
  /** The zones there are, of which the most specific counts, or what emits the zone of a name: the provider's records then have `zone` and `relativeName`. Default: they have not. */
  readonly zone?: Whereabouts['zone'];
  /** How many calls of the provider may be under way; those for one name always come one after another. Default: 5. */
  readonly atATime?: number | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/** A value that was asked for, and by how many. */
interface Entry {
  users: number;
  /** Where it is, once that is known. */
  record?: DnsRecord;
  /** Whether the provider was called. */
  begun: boolean;
  /** What it returned. */
  adding?: ObservableInput<unknown>;
}

/**
 * A DNS provider with all that stands between its interface and a record that is seen: aliases are followed, its zone is
 * found, no more than a few calls are made at a time and those for one name in turn, and the value is looked for until
 * every server has it. A value that several orders share is removed when the last of them is done.
 *
 * Emits nothing itself: the value is a provider for {@link dns01} and every other solver that publishes TXT records. Its
 * `ready` emits {@link DnsPropagation}. What it errors with: {@link AcmeDnsError} where aliases or zones cannot be found,
 * {@link AcmeInputError} where no zone holds a record, {@link AcmeTimeoutError} where a value is not seen in time, and what
 * the provider errors with. Cost: the look-ups of the check. Throws `TypeError` on options that cannot work.
 *
 * @example
 * ```ts
 * declare const provider: DnsProvider; // two functions: add and remove
 * const solver = dns01(txtPublisher(provider, { propagation: dnsOverHttps(), zone: ['example.org'] }));
 * ```
 *
 * @see RFC 8555 §8.4
 */
export function txtPublisher(provider: DnsProvider, options: TxtPublisherOptions = {}): DnsProvider {
  const { propagation, zone, atATime = 5, scheduler = asyncScheduler } = options;
  if (typeof provider.add !== 'function' || typeof provider.remove !== 'function')
    throw new TypeError('txtPublisher: the provider needs the functions add and remove');
  if (!(atATime >= 1)) throw new TypeError('txtPublisher: atATime must be at least 1');
  const where = { zone, canonicalName: aliasLookup(options) };
  const entries = new Map<string, Entry>();
  const calls = turns(atATime);
  const placed = (record: DnsRecord) => {
    const known = entries.get(keyOf(record))?.record;
    return known === undefined ? located(record, where) : of(known);
  };
  const ready = (record: DnsRecord) =>
    placed(record).pipe(
      concatMap((at) =>
        concat(
          defer(() => provider.ready?.(at) ?? EMPTY).pipe(propagation === undefined ? tap() : ignoreElements()),
          defer(() => propagation?.seen(at) ?? EMPTY),
        ),
      ),
    );
  return {
    add: (record) => added(provider, calls, entries, record, where),
    remove: (record) =>
      defer(() => {
        const entry = entries.get(keyOf(record));
        if (entry !== undefined && --entry.users > 0) return EMPTY;
        entries.delete(keyOf(record));
        if (entry?.begun === false) return EMPTY;
        const at$ = entry?.record === undefined ? located(record, where) : of(entry.record);
        const removed$ = at$.pipe(concatMap((at) => calls.run(at.name, () => provider.remove(at))));
        // A value must not appear after it was removed.
        return concat(whenOver(entry?.adding, scheduler), removed$);
      }),
    ...(propagation === undefined && provider.ready === undefined ? {} : { ready }),
  };
}

const keyOf = ({ name, value }: DnsRecord): string => `${name}\n${value}`;

function aliasLookup({ propagation, followCname }: TxtPublisherOptions): Whereabouts['canonicalName'] {
  if (typeof followCname === 'function') return followCname;
  const lookup = propagation?.canonicalName?.bind(propagation);
  if (followCname === true && lookup === undefined) {
    throw new TypeError(
      'txtPublisher: followCname needs a propagation check that finds aliases, or a function that does',
    );
  }
  return (followCname ?? propagation?.remembersAbsence !== true) ? lookup : undefined;
}

const added = (
  provider: DnsProvider,
  calls: Turns,
  entries: Map<string, Entry>,
  record: DnsRecord,
  where: Whereabouts,
): Observable<unknown> =>
  defer(() => {
    const entry = entries.get(keyOf(record)) ?? { users: 0, begun: false };
    entries.set(keyOf(record), entry);
    entry.users++;
    return located(record, where).pipe(
      concatMap((at) => {
        entry.record = at;
        return calls.run(at.name, () => {
          entry.begun = true;
          return (entry.adding = provider.add(at));
        });
      }),
    );
  });
