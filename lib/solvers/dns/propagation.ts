import type { ObservableInput } from 'rxjs';
import type { DnsRecord } from './dns-provider.js';

/** A server that has to show a value and does not. */
export interface DnsLag {
  /** What it is called, as {@link TxtServer} has it. */
  readonly server: string;
  /** What it answers instead, for a person. */
  readonly reason: string;
}

/** How far a TXT value has come. */
export interface DnsPropagation {
  /** The record's name. */
  readonly name: string;
  /** How many servers show the value. */
  readonly seen: number;
  /** How many have to. */
  readonly of: number;
  /** Those that do not. */
  readonly waitingFor: readonly DnsLag[];
}

/**
 * Emits the TXT values of a name, once; an empty list where the name has none (NODATA). Errors with
 * {@link AcmeDnsError}: `no-such-name` for NXDOMAIN, `server-failure` for SERVFAIL, and so on.
 */
export type TxtLookup = (name: string) => ObservableInput<readonly string[]>;

/** Emits the name that a name is an alias of, once; the name itself, or nothing, where it is none. */
export type CnameLookup = (name: string) => ObservableInput<string>;

/** One server of those that have to show a value. */
export interface TxtServer {
  /** What it is called in progress and in messages. */
  readonly server: string;
  /** Asks this one server. */
  readonly lookup: TxtLookup;
}

/** Finds out when a record can be seen. */
export interface PropagationCheck {
  /** Emits how far the value has come, each time it looked; completes when that is far enough. */
  seen(record: DnsRecord): ObservableInput<DnsPropagation>;
  /** Emits the name at the end of a chain of aliases, once; a name without alias is its own end. */
  canonicalName?(name: string): ObservableInput<string>;
  /** Whether it asks servers that remember what they did not find: then no name should be asked for before it exists. */
  readonly remembersAbsence?: boolean;
}
