import { defined } from './defined.js';
import { toHostName } from './host-name.js';
import { formatIssueValue, isIssueLabel, issueParameter, type IssueParameter, parseIssueValue } from './issue-value.js';
import { isAbsoluteUrl } from './url.js';

/** Options of {@link caaRecord}. */
export interface CaaOptions {
  /** The authority's domain: one of the directory's `meta.caaIdentities`. Empty: nobody may issue. */
  readonly issuer: string;
  /** The one account that may ask, character for character. Default: any. */
  readonly accountUrl?: string | undefined;
  /** The challenge types that may be used, such as `dns-01`. Default: any. */
  readonly validationMethods?: readonly string[] | undefined;
  /** Whether it is about wildcards. Default: false, about all names unless there is another record about wildcards. */
  readonly wildcard?: boolean | undefined;
  /** Whether an authority that does not know the record must not issue. Default: false. */
  readonly critical?: boolean | undefined;
}

/** A CAA record. */
export interface CaaRecord {
  /** 128 where it is critical, else 0. */
  readonly flags: number;
  /** `issuewild` speaks of wildcards alone. */
  readonly tag: 'issue' | 'issuewild';
  /** Without quotes. */
  readonly value: string;
  /** All three as a zone file has them. */
  readonly text: string;
}

/** What a CAA record says: options that {@link caaRecord} makes it of again. */
export interface CaaPolicy extends CaaOptions {
  readonly wildcard: boolean;
  readonly critical: boolean;
  /** All parameters, those included that are not known here. */
  readonly parameters: readonly IssueParameter[];
}

/**
 * The CAA record that lets an authority issue for a name, and no other: only for one account, only by some challenge
 * types. Throws `TypeError` that names the option which cannot stand in a record.
 *
 * @example
 * ```ts
 * const issuer = 'letsencrypt.org';
 * const record = caaRecord({ issuer, accountUrl: account.url, validationMethods: ['dns-01'], critical: true });
 * console.log(`example.org. CAA ${record.text}`);
 * ```
 *
 * @see RFC 8657 §3, §4, RFC 8659 §4
 */
export function caaRecord(options: CaaOptions): CaaRecord {
  const { issuer, accountUrl, validationMethods, wildcard = false, critical = false } = options;
  if (issuer === '' && (accountUrl !== undefined || validationMethods !== undefined))
    throw new TypeError('caaRecord: without an issuer there is nobody for accountUrl and validationMethods to bind');
  if (accountUrl !== undefined && !isAbsoluteUrl(accountUrl))
    throw new TypeError('caaRecord: accountUrl must be an absolute URL');
  const parameters = [
    ...(accountUrl === undefined ? [] : [{ tag: 'accounturi', value: accountUrl }]),
    ...(validationMethods === undefined ? [] : [{ tag: 'validationmethods', value: methodList(validationMethods) }]),
  ];
  const value = formatIssueValue({ issuer: issuer === '' ? '' : toHostName(issuer), parameters });
  const tag = wildcard ? 'issuewild' : 'issue';
  const flags = critical ? 128 : 0;
  return { flags, tag, value, text: `${flags} ${tag} "${value.replace(/["\\]/g, '\\$&')}"` };
}

function methodList(methods: readonly string[]): string {
  if (methods.length > 0 && methods.every(isIssueLabel)) return methods.join(',');
  throw new TypeError('caaRecord: validationMethods must have at least one, each of letters, digits and hyphens');
}

/**
 * Reads what {@link caaRecord} writes as `text`, and what others write of that form. Throws `TypeError` on anything
 * else: on other tags than `issue` and `issuewild`, and where a parameter is there twice, which nobody can satisfy.
 *
 * @see RFC 8657 §3, §4, RFC 8659 §4
 */
export function parseCaaRecord(text: string): CaaPolicy {
  const [, flags, tag = '', quoted, bare] =
    /^\s*(\d{1,3})\s+([\dA-Za-z]+)\s+(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))\s*$/.exec(text) ?? [];
  const value = quoted === undefined ? bare : quoted.replace(/\\(.)/g, '$1');
  if (value === undefined || Number(flags) > 255 || !/^issue(?:wild)?$/i.test(tag))
    throw new TypeError('CAA: not of the form FLAGS issue "VALUE" or FLAGS issuewild "VALUE"');
  const found = parseIssueValue(value);
  return defined({
    issuer: found.issuer,
    accountUrl: issueParameter(found, 'accounturi'),
    validationMethods: issueParameter(found, 'validationmethods')?.split(','),
    wildcard: tag.toLowerCase() === 'issuewild',
    critical: Number(flags) >= 128,
    parameters: found.parameters,
  });
}
