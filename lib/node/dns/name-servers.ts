import { isIP } from 'node:net';
import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  expand,
  from,
  last,
  map,
  mergeMap,
  type Observable,
  of,
  take,
  toArray,
} from 'rxjs';
import { AcmeDnsError } from '../../model/errors/dns-error.js';
import { canonicalDnsName, isWithin } from '../../solvers/dns/dns-name.js';
import { type AskOptions, look, lookAtAny } from './ask.js';
import type { DnsServer } from './dns-server.js';
import { addressesIn, nameServersIn, zonesIn } from './record-data.js';

/** How name servers are found. */
export interface FindOptions extends AskOptions {
  /** Who is asked for zones, name servers and their addresses. */
  readonly resolvers: readonly DnsServer[];
  /** Where name servers listen. */
  readonly port: number;
}

/** A zone and every address of its name servers. */
export interface Authority {
  readonly zone: string;
  readonly servers: readonly DnsServer[];
}

const maxNames = 16;
const maxAddresses = 32;
const maxDelegations = 8;
const width = 8;

/**
 * Finds the zone that a name belongs to and its name servers. The name itself is asked for only there, because resolvers
 * remember what they did not find.
 *
 * Emits once, then completes. Errors: {@link AcmeDnsError}. Cost: one look-up for the zone, one for its name servers, two
 * for each of those, one for each delegation.
 */
export const findAuthority = (name: string, options: FindOptions): Observable<Authority> =>
  findZone(parentOf(canonicalDnsName(name)), options).pipe(
    concatMap((zone) => authorityOf(zone, options)),
    // The record may have been delegated by itself.
    expand((authority) => delegated(authority, name, options), 1),
    take(maxDelegations),
    last(),
  );

const parentOf = (name: string): string => name.slice(name.indexOf('.') + 1);

/** Emits the zone that holds a name, as the resolvers see it. */
export const findZone = (name: string, options: FindOptions): Observable<string> =>
  lookAtAny(options.resolvers, name, 'SOA', { ...options, recursive: true }).pipe(
    concatMap(({ answer }) => {
      // An alias is answered with the zone of its target.
      const zone = zonesIn(answer).find((each) => isWithin(name, each));
      if (zone !== undefined) return of(zone);
      if (!name.includes('.')) throw new AcmeDnsError('no-such-name', `${name}: no zone was found for it`);
      return findZone(parentOf(name), options);
    }),
  );

const authorityOf = (zone: string, options: FindOptions): Observable<Authority> =>
  lookAtAny(options.resolvers, zone, 'NS', { ...options, recursive: true }).pipe(
    concatMap(({ answer, server }) => {
      const found = nameServersIn(answer, answer.answers, server.label);
      return withAddresses(zone, found?.names ?? [], options);
    }),
  );

const withAddresses = (zone: string, names: readonly string[], options: FindOptions): Observable<Authority> =>
  from(names.slice(0, maxNames)).pipe(
    mergeMap((name) => from(['A', 'AAAA'] as const).pipe(map((type) => ({ name, type }))), 1),
    mergeMap(
      ({ name, type }) =>
        lookAtAny(options.resolvers, name, type, { ...options, recursive: true }).pipe(
          map(({ answer, server }) => addressesIn(answer, server.label)),
          catchError(() => EMPTY),
          concatMap((addresses) => addresses.map((host) => serverAt(name, host, options.port))),
        ),
      width,
    ),
    take(maxAddresses),
    toArray(),
    map((servers) => {
      if (servers.length > 0) return { zone, servers: servers.sort((a, b) => (a.label < b.label ? -1 : 1)) };
      const which = names.length === 0 ? 'it has none' : `none of ${names.slice(0, 4).join(', ')} has an address`;
      throw new AcmeDnsError('unreachable', `${zone}: the name servers of this zone were not found: ${which}`);
    }),
  );

const serverAt = (name: string, host: string, port: number): DnsServer => ({
  host,
  port,
  label: `${name} (${isIP(host) === 6 ? `[${host}]` : host}${port === 53 ? '' : `:${port}`})`,
});

/** Emits the authority to which this one hands a name on, if it does. */
const delegated = ({ zone, servers }: Authority, name: string, options: FindOptions): Observable<Authority> =>
  from(servers).pipe(
    concatMap((server) =>
      look(server, name, 'SOA', options).pipe(
        map((answer) => ({ answer, server })),
        catchError(() => EMPTY),
      ),
    ),
    take(1),
    concatMap(({ answer, server }) => {
      const referral =
        answer.isAuthoritative || answer.answers.length > 0
          ? undefined
          : nameServersIn(answer, answer.authorities, server.label);
      if (referral === undefined || referral.zone === zone) return EMPTY;
      const isBelow = isWithin(canonicalDnsName(name), referral.zone) && isWithin(referral.zone, zone);
      return isBelow ? defer(() => withAddresses(referral.zone, referral.names, options)) : EMPTY;
    }),
  );
