import {
  BehaviorSubject,
  concat,
  defer,
  EMPTY,
  ignoreElements,
  type Observable,
  type ObservableInput,
  tap,
} from 'rxjs';
import type { ChallengeSolver } from '../model/ports.js';
import type { DnsRecord } from '../solvers/dns/dns-provider.js';
import { dnsOverHttps } from '../solvers/dns/dns-over-https.js';
import type { DnsPropagation, PropagationCheck } from '../solvers/dns/propagation.js';
import { challengeRecord } from '../solvers/dns01.js';
import { manual } from '../solvers/manual.js';
import { checkPropagation } from './check-propagation.js';

/** A TXT value that a person has to enter, and how far it has come. */
export interface ManualEntry {
  /** The record's name, without a final dot, and the value to add beside others. */
  readonly record: DnsRecord;
  /** `to-add` until it is seen, `to-remove` once it is no longer needed. */
  readonly state: 'to-add' | 'seen' | 'to-remove';
  /** What the last look showed. */
  readonly propagation?: DnsPropagation;
}

/** A solver whose work a person does, and what there is to do. */
export interface ManualDns01 extends ChallengeSolver {
  /** The whole list, now and each time that it changes. Never completes. */
  readonly entries$: Observable<readonly ManualEntry[]>;
  /** Takes an entry off the list: the person has removed it, or will not. */
  dismiss(entry: ManualEntry): void;
}

/** Options of {@link manualDns01}. */
export interface ManualDns01Options {
  /**
   * Finds out that a value is seen. Default: `dnsOverHttps`, for a day, with its first look after 20 s: whoever looks too
   * early may have to wait until the resolvers forget.
   */
  readonly propagation?: PropagationCheck | undefined;
  /** The person's word that a value is entered, before anything is looked for: the first value says so, `false` refuses. Default: none is waited for. */
  readonly confirmed?: ((record: DnsRecord) => ObservableInput<unknown>) | undefined;
}

/** An order lives for days, a person enters a record in minutes or asks a colleague. */
const patientCheck = () => dnsOverHttps({ delayMs: 20_000, firstMs: 5_000, maxMs: 30_000, timeoutMs: 86_400_000 });

/**
 * A `dns-01` solver for pages: it says what to enter, looks for it over DNS over HTTPS, and goes on by itself when it is
 * seen. What the looks show is also the `progress` of the order's events.
 *
 * Emits nothing itself: the value is the solver, and its `entries$` what a page shows. Cost: the look-ups of the check,
 * no request to the authority. What it errors with ends the order, as the `cause` of a failure in an
 * `AcmeAuthorizationError`: `AcmeTimeoutError` where a value is not seen in time, `AcmePortError` where
 * the person refuses. Throws `TypeError` on options that cannot work.
 *
 * @example
 * ```ts
 * const person = manualDns01();
 * const toEnter$ = person.entries$.pipe(map((entries) => entries.filter(({ state }) => state === 'to-add')));
 * const certificate$ = obtainCertificate(account, { identifiers: ['example.org'], solvers: [person] });
 * ```
 *
 * @see RFC 8555 §8.4
 */
export function manualDns01({ propagation = patientCheck(), confirmed }: ManualDns01Options = {}): ManualDns01 {
  checkPropagation('manualDns01', propagation);
  if (!['undefined', 'function'].includes(typeof confirmed)) {
    throw new TypeError('manualDns01: confirmed must be a function that emits what the person says');
  }
  const entries = new BehaviorSubject<readonly ManualEntry[]>([]);
  const isOf = (record: DnsRecord) => (entry: ManualEntry) =>
    entry.record.name === record.name && entry.record.value === record.value;
  const without = (record: DnsRecord) => entries.value.filter((entry) => !isOf(record)(entry));
  const change = (record: DnsRecord, changes: Partial<ManualEntry>) => {
    entries.next(entries.value.map((entry) => (isOf(record)(entry) ? { ...entry, ...changes } : entry)));
  };
  const seen = (record: DnsRecord) =>
    defer(() => propagation.seen(record)).pipe(
      tap({
        next: (progress) => {
          change(record, { propagation: progress });
        },
        complete: () => {
          change(record, { state: 'seen' });
        },
      }),
    );
  const later = (act: (record: DnsRecord) => void): ChallengeSolver['present'] => {
    return (task) =>
      defer(() => {
        act(recordOf(task));
        return EMPTY;
      });
  };
  return {
    types: ['dns-01'],
    entries$: entries.asObservable(),
    dismiss: ({ record }) => {
      entries.next(without(record));
    },
    present: later((record) => {
      entries.next([...without(record), { record, state: 'to-add' }]);
    }),
    ready: (task) => {
      const record = recordOf(task);
      const word = confirmed === undefined ? EMPTY : wordOf(task, () => confirmed(record));
      return concat(word, seen(record));
    },
    cleanUp: later((record) => {
      change(record, { state: 'to-remove' });
    }),
  };
}

const recordOf = (task: Parameters<ChallengeSolver['present']>[0]): DnsRecord =>
  challengeRecord('dns-01', '_acme-challenge', task);

/** As `manual` takes a person's word. */
const wordOf = (
  task: Parameters<ChallengeSolver['present']>[0],
  confirmed: () => ObservableInput<unknown>,
): Observable<never> =>
  defer(() => manual({ types: ['dns-01'], show: () => EMPTY, confirmed }).ready?.(task) ?? EMPTY).pipe(
    ignoreElements(),
  );
