import { parseArgs, type ParseArgsConfig } from 'node:util';
import { checkedDevCaOptions } from './checked-options.js';
import type { DevCaOptions } from './dev-ca-options.js';

/** What the command line asks for. */
export interface DevCaCommand {
  readonly options: DevCaOptions;
  /** Where to write the root. */
  readonly rootOut: string | undefined;
}

export const usage = `Runs a certification authority for development and tests, on this machine only, until it is stopped.

  rxacme-dev-ca [--port 14000] [--http-port 5002] [--root-out root.pem] ...

  --port PORT               where it listens (default: 14000; 0 takes a free one)
  --host ADDRESS            the address to listen on (default: 127.0.0.1)
  --server-name NAME        a further name or address of the server, may be repeated; the first stands in its URLs
  --root-out FILE           writes the root to trust, PEM

validation
  --http-port PORT          where to look for answers to http-01 (default: 80)
  --tls-port PORT           where to look for answers to tls-alpn-01 (default: 443)
  --dns ADDRESS[:PORT]      a name server to ask instead of the system's, may be repeated
  --hosts NAME=ADDRESS      where a name is, * being all others; may be repeated
                            (default: *=127.0.0.1, or what --dns says)
  --always-valid            take every answer for a right one, without a look
  --challenges TYPE,...     what to offer (default: http-01,dns-01,tls-alpn-01)
  --reuse-authorizations    a new order uses valid authorizations of the account again
  --validation-delay MS     wait before each validation
  --validation-timeout MS   give up a validation (default: 10000)

certificates and accounts
  --refuse NAME             a name that is not issued for, nor what is below it; may be repeated
  --validity-days DAYS      how long certificates are valid, fractions allowed (default: 90)
  --alternate-roots NUMBER  how many alternate chains there are (default: 1)
  --terms-of-service URL    accounts must agree to it
  --external-account ID=KEY accounts must be bound to one of these, keys in base64url; may be repeated

answers
  --outcome-in-answer       wait for the outcome of a validation or issuance before answering
  --retry-after MS          the Retry-After of what is being worked on, rounded up to seconds
  --bad-nonce-rate RATE     how likely a nonce is refused, 0 to 1 (default: 0)

  --help                    this text
`;

type Kind = 'text' | 'number' | 'flag' | 'list' | 'words' | 'pairs';

/** The name on the command line of each option, and what its value looks like. */
const flags: Readonly<Record<keyof DevCaOptions, readonly [name: string, kind: Kind]>> = {
  port: ['port', 'number'],
  host: ['host', 'text'],
  serverNames: ['server-name', 'list'],
  httpPort: ['http-port', 'number'],
  tlsPort: ['tls-port', 'number'],
  dnsServers: ['dns', 'list'],
  hosts: ['hosts', 'pairs'],
  alwaysValid: ['always-valid', 'flag'],
  challengeTypes: ['challenges', 'words'],
  refusedNames: ['refuse', 'list'],
  reuseAuthorizations: ['reuse-authorizations', 'flag'],
  validationDelayMs: ['validation-delay', 'number'],
  validationTimeoutMs: ['validation-timeout', 'number'],
  validityDays: ['validity-days', 'number'],
  alternateRoots: ['alternate-roots', 'number'],
  termsOfService: ['terms-of-service', 'text'],
  externalAccounts: ['external-account', 'pairs'],
  outcomeInAnswer: ['outcome-in-answer', 'flag'],
  retryAfterMs: ['retry-after', 'number'],
  badNonceRate: ['bad-nonce-rate', 'number'],
};

const usualPort = 14_000;

/** Reads the command line; `undefined` asks for help. Throws an `Error` whose message is for the user. */
export function readCommandLine(args: readonly string[]): DevCaCommand | undefined {
  const { values } = parseArgs({ args: [...args], options: parsed }) as { values: Readonly<Record<string, unknown>> };
  if (values['help'] === true) return undefined;
  const given = Object.entries(flags).map(([option, [name, kind]]) => [option, read(name, kind, values[name])]);
  const options = {
    port: usualPort,
    ...Object.fromEntries(given.filter(([, value]) => value !== undefined)),
  } as DevCaOptions;
  try {
    checkedDevCaOptions(options);
  } catch (cause) {
    const named = (_: string, option: keyof DevCaOptions) => `--${flags[option][0]}`;
    throw new Error((cause as Error).message.replace(/^startDevCa: (\w+)/, named), { cause });
  }
  return { options, rootOut: values['root-out'] as string | undefined };
}

const parsed: NonNullable<ParseArgsConfig['options']> = {
  ...Object.fromEntries(
    Object.values(flags).map(([name, kind]) => [
      name,
      { type: kind === 'flag' ? 'boolean' : 'string', multiple: kind === 'list' || kind === 'pairs' },
    ]),
  ),
  'root-out': { type: 'string' },
  help: { type: 'boolean' },
};

function read(name: string, kind: Kind, value: unknown): unknown {
  if (value === undefined) return undefined;
  if (kind === 'number') return numberOf(name, value as string);
  if (kind === 'words') return (value as string).split(',');
  return kind === 'pairs' ? pairsOf(name, value as readonly string[]) : value;
}

function numberOf(name: string, value: string): number {
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  throw new Error(`--${name} must be a number, found ${value}`);
}

/** Each text may hold several pairs, a comma between them. */
function pairsOf(name: string, texts: readonly string[]): Readonly<Record<string, string>> {
  const pairs = texts
    .flatMap((each) => each.split(','))
    .map((pair) => {
      const [key = '', ...value] = pair.split('=');
      if (key === '' || value.length === 0) throw new Error(`--${name} must be pairs such as a=b, found ${pair}`);
      return [key, value.join('=')];
    });
  return Object.fromEntries(pairs) as Record<string, string>;
}
