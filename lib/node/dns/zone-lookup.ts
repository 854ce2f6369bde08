import { defer, map, type Observable, type SchedulerLike } from 'rxjs';
import { dnsServers } from './dns-server.js';
import { findAuthority } from './name-servers.js';

/** Options of {@link zoneLookup}. */
export interface ZoneLookupOptions {
  /** Who is asked: addresses, with a port where it is not 53. Default: those of this machine. */
  readonly resolvers?: readonly string[] | undefined;
  /** Where name servers listen. Default: 53. */
  readonly port?: number | undefined;
  /** The longest that one answer may take, in milliseconds. Default: 5 000. */
  readonly timeoutMs?: number | undefined;
  /** Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Finds the zones of names, for the option `zone` of `txtPublisher`.
 *
 * Emits nothing itself: the value is a function, whose stream emits the zone of a name, once, then completes. Errors: `AcmeDnsError`. Cost: as finding the name
 * servers. Throws `TypeError` on what is no server.
 *
 * @see RFC 1034 §4.2
 */
export function zoneLookup(options: ZoneLookupOptions = {}): (name: string) => Observable<string> {
  const { resolvers, port = 53, timeoutMs, scheduler } = options;
  const given = resolvers === undefined ? undefined : dnsServers(resolvers);
  return (name) =>
    defer(() =>
      findAuthority(name, { resolvers: given ?? dnsServers(undefined), port, timeoutMs, scheduler }).pipe(
        map(({ zone }) => zone),
      ),
    );
}
