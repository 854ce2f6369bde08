import type { IdentifierInput } from '../model/identifier.js';
import { defined } from './defined.js';
import { toIdentifier, toIdentifiers } from './identifier.js';
import { formatIssueValue, isIssuerDomainName, issueParameter, parseIssueValue } from './issue-value.js';
import { isAbsoluteUrl } from './url.js';

/** What a record of `dns-persist-01` says. */
export interface DnsPersistPolicy {
  /** The authority: one of the challenge's `issuerDomainNames`. */
  readonly issuer: string;
  /** The account that may ask, character for character: what `dnsPersistAccountUri` makes; before version 02 of the draft, the account's URL. */
  readonly accountUrl: string;
  /** Whether it holds for wildcards and for every name below too. Default: false. */
  readonly wildcard?: boolean | undefined;
  /** When authorities stop believing the record. Default: never. */
  readonly persistUntilAt?: Date | undefined;
}

/** One TXT record of `dns-persist-01`. */
export interface DnsPersistRecord {
  /** Such as `_validation-persist.example.org`, without a final dot. */
  readonly name: string;
  /** The whole value, in one piece. */
  readonly value: string;
  /** The value in pieces of at most 255 octets, as the DNS has them: one record, several character strings. */
  readonly strings: readonly string[];
}

/**
 * The value of a record. Throws `TypeError` that names what cannot stand in it.
 *
 * @experimental Of a draft that is still being changed.
 * @see draft-ietf-acme-dns-persist-02
 */
export function dnsPersistValue({ issuer, accountUrl, wildcard = false, persistUntilAt }: DnsPersistPolicy): string {
  if (!isIssuerDomainName(issuer))
    throw new TypeError('dns-persist-01: issuer must be a domain name in lower-case A-labels, no dot at its end');
  if (!isAbsoluteUrl(accountUrl)) throw new TypeError('dns-persist-01: accountUrl must be an absolute URL');
  const untilMs = persistUntilAt?.getTime();
  if (untilMs !== undefined && !(untilMs >= 0))
    throw new TypeError('dns-persist-01: persistUntilAt must be a date from 1970 on');
  return formatIssueValue({
    issuer,
    parameters: [
      { tag: 'accounturi', value: accountUrl },
      ...(wildcard ? [{ tag: 'policy', value: 'wildcard' }] : []),
      ...(untilMs === undefined ? [] : [{ tag: 'persistUntil', value: String(Math.floor(untilMs / 1000)) }]),
    ],
  });
}

/**
 * Reads the value of a record. Parameters that are not known are passed over. Throws `TypeError` where it has not the
 * form, lacks its issuer or `accounturi`, has a parameter twice or a `persistUntil` that is no whole number of seconds.
 *
 * @experimental Of a draft that is still being changed.
 * @see draft-ietf-acme-dns-persist-02
 */
export function parseDnsPersistValue(value: string): DnsPersistPolicy & { readonly wildcard: boolean } {
  const found = parseIssueValue(value);
  for (const { tag } of found.parameters) issueParameter(found, tag);
  const accountUrl = issueParameter(found, 'accounturi') ?? '';
  const until = issueParameter(found, 'persistUntil');
  if (found.issuer === '' || accountUrl === '' || value.trimEnd().endsWith(';'))
    throw new TypeError('dns-persist-01: the record needs an issuer and an accounturi, and no ";" at its end');
  if (until !== undefined && !/^\d{1,12}$/.test(until))
    throw new TypeError('dns-persist-01: persistUntil must be a whole number of seconds since 1970');
  return defined({
    issuer: found.issuer,
    accountUrl,
    wildcard: issueParameter(found, 'policy')?.toLowerCase() === 'wildcard',
    persistUntilAt: until === undefined ? undefined : new Date(Number(until) * 1000),
  });
}

/**
 * The record that proves a name, or a name and its wildcard. Throws `TypeError` on a name that cannot be one, on a
 * wildcard, and as {@link dnsPersistValue} does.
 *
 * @param name The name, without `*.`: that is `wildcard` of the policy.
 * @experimental Of a draft that is still being changed.
 * @see draft-ietf-acme-dns-persist-02
 */
export function dnsPersistRecord(name: string, policy: DnsPersistPolicy): DnsPersistRecord {
  const { value: host } = toIdentifier({ type: 'dns', value: name });
  if (host.startsWith('*.'))
    throw new TypeError(`dns-persist-01: ${host} is a wildcard: give its domain, and the policy wildcard: true`);
  const value = dnsPersistValue(policy);
  return { name: `_validation-persist.${host}`, value, strings: value.match(/.{1,255}/g) ?? [] };
}

/**
 * The records to publish once for a list of names: a name and its wildcard have one between them, which holds for both.
 * Throws `TypeError` on a name that cannot be one, on an IP address, and as {@link dnsPersistValue} does.
 *
 * @param policy `wildcard` is taken from the names, unless it is true already.
 * @experimental Of a draft that is still being changed.
 * @see draft-ietf-acme-dns-persist-02
 */
export function dnsPersistRecords(
  names: readonly IdentifierInput[],
  policy: DnsPersistPolicy,
): readonly DnsPersistRecord[] {
  const wildcards = new Map<string, boolean>();
  for (const { type, value } of toIdentifiers(names)) {
    if (type !== 'dns') throw new TypeError(`dns-persist-01: ${value} is no domain name`);
    const name = value.replace(/^\*\./, '');
    wildcards.set(name, wildcards.get(name) === true || policy.wildcard === true || name !== value);
  }
  return [...wildcards].map(([name, wildcard]) => dnsPersistRecord(name, { ...policy, wildcard }));
}
