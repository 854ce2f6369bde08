import { concatMap, defaultIfEmpty, defer, map, type Observable, type ObservableInput, of, take } from 'rxjs';
import { defined } from '../../codec/defined.js';
import { AcmeInputError } from '../../model/errors/input-error.js';
import { canonicalDnsName, isWithin, relativeTo, zoneAmong } from './dns-name.js';
import type { DnsRecord } from './dns-provider.js';

/** How to find out where a record is written. */
export interface Whereabouts {
  /** The names of zones, or what emits the zone of a name. */
  readonly zone?: readonly string[] | ((name: string) => ObservableInput<string>) | undefined;
  /** Emits the end of a chain of aliases. */
  readonly canonicalName?: ((name: string) => ObservableInput<string>) | undefined;
}

/** Emits the record under the name where it is to be written, with its zone where one is looked up. */
export const located = (record: DnsRecord, { zone, canonicalName }: Whereabouts): Observable<DnsRecord> =>
  (canonicalName === undefined
    ? of(record)
    : defer(() => canonicalName(record.name)).pipe(
        take(1),
        map((end) => aliased(record, canonicalDnsName(end))),
        defaultIfEmpty(record),
      )
  ).pipe(concatMap((placed) => (zone === undefined ? of(placed) : zoned(placed, zone))));

const aliased = (record: DnsRecord, end: string): DnsRecord =>
  end === canonicalDnsName(record.name) ? record : { ...record, name: end, aliasOf: record.aliasOf ?? record.name };

const zoned = (record: DnsRecord, zone: NonNullable<Whereabouts['zone']>): Observable<DnsRecord> =>
  defer((): ObservableInput<string | undefined> =>
    typeof zone === 'function' ? zone(record.name) : of(undefined),
  ).pipe(
    take(1),
    defaultIfEmpty(undefined),
    map((found) => {
      const name = canonicalDnsName(record.name);
      const holds = typeof zone === 'function' ? found && canonicalDnsName(found) : zoneAmong(name, zone);
      if (holds === undefined || !isWithin(name, holds)) {
        throw new AcmeInputError(`${record.name}: ${noZone(zone, holds)}`);
      }
      return { ...record, ...defined({ zone: holds, relativeName: relativeTo(name, holds) }) };
    }),
  );

const noZone = (zone: NonNullable<Whereabouts['zone']>, found: string | undefined): string =>
  typeof zone === 'function'
    ? `the zone that was found, ${found ?? 'none'}, does not hold it`
    : `none of the zones ${zone.slice(0, 10).join(', ')} holds it`;
