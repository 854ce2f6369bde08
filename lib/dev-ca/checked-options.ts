import { Resolver } from 'node:dns';
import { isIP } from 'node:net';
import { decodeBase64url } from '../codec/base64url.js';
import { toIdentifier } from '../codec/identifier.js';
import { isAbsoluteUrl } from '../codec/url.js';
import type { ChallengeType, DevCaOptions } from './dev-ca-options.js';

const defaults = {
  host: '127.0.0.1',
  port: 0,
  serverNames: [] as readonly string[],
  httpPort: 80,
  tlsPort: 443,
  dnsServers: [] as readonly string[],
  alwaysValid: false,
  challengeTypes: ['http-01', 'dns-01', 'tls-alpn-01'] as readonly ChallengeType[],
  refusedNames: [] as readonly string[],
  reuseAuthorizations: false,
  validityDays: 90,
  alternateRoots: 1,
  externalAccounts: {} as Readonly<Record<string, string>>,
  badNonceRate: 0,
  validationDelayMs: 0,
  validationTimeoutMs: 10_000,
  outcomeInAnswer: false,
};

/** Options with the defaults filled in. */
export type CheckedDevCaOptions = typeof defaults & {
  readonly hosts: Readonly<Record<string, string>>;
  readonly termsOfService: string | undefined;
  readonly retryAfterMs: number | undefined;
};

/** Fills in the defaults. Throws `TypeError` that names the option on what cannot work. */
export function checkedDevCaOptions(options: DevCaOptions): CheckedDevCaOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const merged = { ...defaults, ...Object.fromEntries(given) } as typeof defaults & DevCaOptions;
  const hosts = merged.hosts ?? (merged.dnsServers.length === 0 ? { '*': '127.0.0.1' } : {});
  const checked = {
    ...merged,
    serverNames: hostsOf('serverNames', merged.serverNames),
    refusedNames: hostsOf('refusedNames', merged.refusedNames),
    hosts: Object.fromEntries(Object.entries(hosts).map(([name, address]) => [name.toLowerCase(), address])),
    termsOfService: merged.termsOfService,
    retryAfterMs: merged.retryAfterMs,
  };
  checkNumbers(checked);
  checkNetwork(checked);
  const unknown = checked.challengeTypes.find((type) => !defaults.challengeTypes.includes(type));
  if (unknown !== undefined) fail('challengeTypes', `are ${defaults.challengeTypes.join(', ')}`, unknown);
  if (checked.challengeTypes.length === 0) fail('challengeTypes', 'must not be empty', '[]');
  if (checked.termsOfService !== undefined && !isPlainUrl(checked.termsOfService)) {
    fail('termsOfService', 'must be an absolute URL in ASCII', checked.termsOfService);
  }
  for (const [kid, key] of Object.entries(checked.externalAccounts)) checkMacKey(kid, key);
  return checked;
}

function checkNumbers(options: CheckedDevCaOptions): void {
  const between = (name: keyof CheckedDevCaOptions, least: number, most: number, whole = true) => {
    const value = options[name];
    if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))) return;
    fail(name, `must be ${whole ? 'a whole number' : 'a number'} from ${least} to ${most}`, value);
  };
  between('port', 0, 65_535);
  between('httpPort', 1, 65_535);
  between('tlsPort', 1, 65_535);
  between('validityDays', 0.001, 3_000, false);
  between('alternateRoots', 0, 10);
  between('badNonceRate', 0, 1, false);
  between('validationDelayMs', 0, 86_400_000, false);
  between('validationTimeoutMs', 1, 600_000, false);
  if (options.retryAfterMs !== undefined) between('retryAfterMs', 0, 86_400_000, false);
}

function checkNetwork({ host, serverNames, dnsServers, hosts }: CheckedDevCaOptions): void {
  if (isIP(host) === 0) fail('host', 'must be an IP address', host);
  if (/^(0\.0\.0\.0|[0:]+)$/.test(host) && serverNames.length === 0) {
    fail('host', 'is every address of this machine: say in serverNames how others call it', host);
  }
  for (const [name, address] of Object.entries(hosts)) {
    if (isIP(address) === 0) fail('hosts', `must have IP addresses, for ${name} too`, address);
  }
  for (const server of dnsServers) {
    try {
      new Resolver().setServers([server]);
    } catch {
      fail('dnsServers', 'must be IP addresses, each with or without a port', server);
    }
  }
}

/** Names as they stand in certificates and URLs: A-labels, lower case. */
const hostsOf = (option: string, names: readonly string[]): readonly string[] =>
  names.map((name) => {
    try {
      if (!name.startsWith('*')) return toIdentifier(name).value;
    } catch {
      // Said below, as of a wildcard.
    }
    return fail(option, 'must be host names and IP addresses', name);
  });

/** One that can stand in a header. */
const isPlainUrl = (text: string): boolean => isAbsoluteUrl(text) && /^[\x21-\x7e]+$/.test(text);

function checkMacKey(kid: string, key: string): void {
  try {
    if (decodeBase64url(key).length >= 16) return;
  } catch {
    // Not repeated: it may be a key all the same.
  }
  throw new TypeError(
    `startDevCa: externalAccounts must have keys in base64url of at least 16 octets each, that of ${kid} is not`,
  );
}

function fail(option: string, demand: string, found: unknown): never {
  throw new TypeError(`startDevCa: ${option} ${demand}, found ${String(found)}`);
}
