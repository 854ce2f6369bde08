/** What a plugin of the family `acme-dns-01-*` gets of a challenge. */
export interface AcmeDns01PluginChallenge {
  /** Always `dns-01`. */
  readonly type: 'dns-01';
  /** Always `pending`. */
  readonly status: 'pending';
  /** The name to be proven, without `*.`. */
  readonly identifier: { readonly type: string; readonly value: string };
  /** Whether it is about the wildcard of that name. */
  readonly wildcard: boolean;
  /** The name to be proven. */
  readonly hostname: string;
  /** The same. */
  readonly altname: string;
  /** The whole name of the record. */
  readonly dnsHost: string;
  /** The value of the record. */
  readonly dnsAuthorization: string;
  /** The same. */
  readonly keyAuthorizationDigest: string;
  /** The zone, where the plugin has one that holds the name. */
  readonly dnsZone?: string;
  /** The record's name within the zone. */
  readonly dnsPrefix?: string;
}

/** What a function of a plugin may call instead of returning a Promise or the result, where it takes it. */
export type AcmeDns01PluginCallback = (error: unknown, result?: unknown) => void;

/**
 * A plugin of the family `acme-dns-01-*`, as its `create` returns it. Whatever it says of its arguments is taken: `set`, `get`
 * and `remove` get a member `challenge`, an {@link AcmeDns01PluginChallenge}.
 */
export interface AcmeDns01PluginLike {
  /** Called once, before everything else. */
  init?(argument: never, callback?: AcmeDns01PluginCallback): unknown;
  /** Gives the zones that it can write to, out of which `dnsZone` comes. */
  zones?(argument: never, callback?: AcmeDns01PluginCallback): unknown;
  /** Adds the record. */
  set(argument: never, callback?: AcmeDns01PluginCallback): unknown;
  /** Looks whether the record is there. Not called. */
  get?(argument: never, callback?: AcmeDns01PluginCallback): unknown;
  /** Removes the record. */
  remove(argument: never, callback?: AcmeDns01PluginCallback): unknown;
  /** In milliseconds. */
  readonly propagationDelay?: number | undefined;
}
