import {
  asyncScheduler,
  concat,
  concatMap,
  defer,
  EMPTY,
  ignoreElements,
  map,
  Observable,
  type ObservableInput,
  of,
  type SchedulerLike,
  take,
  tap,
} from 'rxjs';
import { wait } from '../../rx/wait.js';
import { whenOver } from '../../rx/when-over.js';
import { type Slots, slots } from '../../rx/slots.js';
import type { AcmeDns01PluginChallenge, AcmeDns01PluginLike } from './acme-dns01-plugin-like.js';
import { canonicalDnsName, relativeTo, zoneAmong } from './dns-name.js';
import type { DnsProvider, DnsRecord } from './dns-provider.js';

/** Options of {@link acmeDns01Plugin}. */
export interface AcmeDns01PluginOptions {
  /** What some plugins send their requests with, handed to `init`: `promisify` of the package `@root/request`. Default: nothing. */
  readonly request?: unknown;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/** What the family waits where a plugin does not say. */
const defaultDelayMs = 5_000;

/** What a plugin has said so far. */
interface Known {
  isReady: boolean;
  zones: readonly string[];
  readonly turn: Slots;
}

/**
 * A DNS provider made of a plugin that was written for Greenlock or ACME.js, one of those that are called
 * `acme-dns-01-*`.
 *
 * `init` is called once, `zones` when a name is in none of the zones known so far. Emits nothing itself: the value is a
 * provider, whose `ready` waits for the plugin's `propagationDelay`, 5 s where it has none. What the plugin errors with
 * becomes the `cause` of a failure in an {@link AcmeAuthorizationError}. Cost: what the plugin costs. Throws `TypeError` on
 * what is no plugin.
 *
 * @example
 * ```ts
 * declare const plugin: AcmeDns01PluginLike; // require('acme-dns-01-cloudflare').create({ token })
 * const solver = dns01(txtPublisher(acmeDns01Plugin(plugin), { propagation: dnsOverHttps() }));
 * ```
 */
export function acmeDns01Plugin(plugin: AcmeDns01PluginLike, options: AcmeDns01PluginOptions = {}): DnsProvider {
  if (typeof plugin.set !== 'function' || typeof plugin.remove !== 'function') {
    throw new TypeError('acmeDns01Plugin: a plugin has the functions set and remove: call its create first');
  }
  const known: Known = { isReady: false, zones: [], turn: slots(1) };
  const { scheduler = asyncScheduler } = options;
  const adding = new Map<string, PromiseLike<unknown>>();
  const keyOf = ({ name, value }: DnsRecord) => `${name}\n${value}`;
  const change = (name: 'set' | 'remove', record: DnsRecord, note?: Note) =>
    zoneOf(plugin, known, record, options).pipe(
      concatMap((zone) => called(plugin, name, { challenge: challengeOf(record, zone) }, note)),
      ignoreElements(),
    );
  return {
    add: (record) => change('set', record, (work) => adding.set(keyOf(record), work)),
    remove: (record) =>
      defer(() => {
        const work = adding.get(keyOf(record));
        adding.delete(keyOf(record));
        // A value must not appear after it was removed.
        return concat(whenOver(work, scheduler), change('remove', record));
      }),
    ready: () => defer(() => wait(plugin.propagationDelay ?? defaultDelayMs, scheduler)),
  };
}

/** Hears of what cannot be stopped. */
type Note = (work: PromiseLike<unknown>) => unknown;

/** Emits the zone of a record, or undefined, once. */
const zoneOf = (
  plugin: AcmeDns01PluginLike,
  known: Known,
  record: DnsRecord,
  { request }: AcmeDns01PluginOptions,
): Observable<string | undefined> => {
  if (record.zone !== undefined) return concat(initialized(plugin, known, request), of(record.zone));
  const name = canonicalDnsName(record.name);
  const look$ = defer(() => {
    if (plugin.zones === undefined || zoneAmong(name, known.zones) !== undefined) return EMPTY;
    return called(plugin, 'zones', { request, challenge: { type: 'dns-01', dnsHosts: [name] }, dnsHosts: [name] }).pipe(
      tap((found) => (known.zones = Array.isArray(found) ? found.filter((each) => typeof each === 'string') : [])),
    );
  });
  return concat(
    initialized(plugin, known, request),
    known.turn.run(() => look$).pipe(ignoreElements()),
    defer(() => of(zoneAmong(name, known.zones))),
  );
};

const initialized = (plugin: AcmeDns01PluginLike, known: Known, request: unknown): Observable<never> =>
  known.turn
    .run(() =>
      known.isReady || plugin.init === undefined ? EMPTY : called(plugin, 'init', { type: 'dns-01', request }),
    )
    .pipe(tap({ complete: () => (known.isReady = true) }), ignoreElements());

/** Emits what a function of the plugin returns, resolves to or calls back with. */
const called = (
  plugin: AcmeDns01PluginLike,
  name: 'init' | 'zones' | 'set' | 'remove',
  argument: object,
  note?: Note,
): Observable<unknown> =>
  defer(() => {
    // A method: a plugin may be an object of a class.
    const methods = plugin as unknown as Record<string, (...all: readonly unknown[]) => unknown>;
    if (plugin[name]?.length !== 2) {
      const work = methods[name]?.(argument);
      if (isPromise(work)) note?.(work);
      return asInput(work).pipe(take(1));
    }
    return new Observable((subscriber) => {
      methods[name]?.(argument, (error: unknown, result: unknown) => {
        if (error !== undefined && error !== null) subscriber.error(error);
        else {
          subscriber.next(result);
          subscriber.complete();
        }
      });
    });
  });

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value;

const asInput = (value: unknown): Observable<unknown> =>
  defer((): ObservableInput<unknown> => (isPromise(value) ? value : of(value))).pipe(map((each) => each));

function challengeOf({ name, value, identifier, relativeName }: DnsRecord, zone?: string): AcmeDns01PluginChallenge {
  const hostname = identifier.value;
  return {
    type: 'dns-01',
    status: 'pending',
    identifier: { type: identifier.type, value: hostname },
    wildcard: false,
    hostname,
    altname: hostname,
    dnsHost: name,
    dnsAuthorization: value,
    keyAuthorizationDigest: value,
    ...(zone === undefined
      ? {}
      : { dnsZone: zone, dnsPrefix: relativeName ?? relativeTo(canonicalDnsName(name), canonicalDnsName(zone)) }),
  };
}
