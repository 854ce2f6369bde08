import type { TxtRecord, TxtRecordOptions } from '../dns01.js';

/** One TXT value and where it is to be written. */
export interface DnsRecord extends TxtRecord {
  /** Where aliases lead from another name to this one: that name, the one that is asked for. */
  readonly aliasOf?: string;
  /** The zone that the record belongs to, where {@link TxtPublisherOptions.zone} is given. */
  readonly zone?: string;
  /** The record's name within its zone; empty, which many interfaces write as `@`, for the zone's own name. */
  readonly relativeName?: string;
}

/**
 * Where TXT records can be changed: two functions, each for one value. `add` must append and never replace, `remove`
 * must take that value and leave its siblings, because a name and its wildcard share one record. Both have to be safe to
 * repeat. `ready`, where the provider knows, completes when all of its servers have the value.
 */
export type DnsProvider = TxtRecordOptions<DnsRecord>;
