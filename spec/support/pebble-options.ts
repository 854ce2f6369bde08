/** How Pebble is to behave. Everything has a default that suits most specs. */
export interface PebbleOptions {
  /** PEBBLE_* variables, over the defaults {@link defaultEnv}. PEBBLE_VA_ALWAYS_VALID is refused. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs Pebble with `-strict`. Default true. */
  readonly strict?: boolean;
  /** Domains (and all below them) that are refused with `rejectedIdentifier`. */
  readonly blocklist?: readonly string[];
  /** Certificate profiles by name (Pebble 2.10). Default: one, called `default`, of 90 days. */
  readonly profiles?: Readonly<Record<string, PebbleProfile>>;
  /** Seconds of the Retry-After of authorizations and orders in progress. Default: no such header. */
  readonly retryAfter?: { readonly authz?: number; readonly order?: number };
  /** Where the validation connects for http-01. Default: a port that is free now. */
  readonly httpPort?: number;
  /** Where the validation connects for tls-alpn-01. Default: a port that is free now. */
  readonly tlsPort?: number;
  readonly externalAccountBinding?: {
    /** Whether newAccount without a binding is refused. Default true. */
    readonly required?: boolean;
    /** MAC keys in base64url by key identifier. */
    readonly macKeys: Readonly<Record<string, string>>;
  };
  /** IPv4 address by host, set from the start. Every other host has 127.0.0.1. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** The name server that the validation asks, `127.0.0.1:port`. Default: that of {@link PebbleDns}. */
  readonly dnsServer?: string;
  /** Of the issuing keys. Default `ecdsa`; `rsa` makes the start slower. */
  readonly keyAlgorithm?: 'ecdsa' | 'rsa';
}

export interface PebbleProfile {
  readonly description: string;
  readonly validitySeconds: number;
}

/** The ports of one start. All but `http` and `tls` are bound by the two servers. */
export interface PebblePorts {
  readonly acme: number;
  readonly management: number;
  readonly dns: number;
  readonly dnsManagement: number;
  readonly http: number;
  readonly tls: number;
}

const days90 = 90 * 24 * 3600;

/** Pebble's deliberate disorder (pauses, refused nonces, reused authorizations) is off unless asked for. */
export const defaultEnv = {
  PEBBLE_VA_NOSLEEP: '1',
  PEBBLE_WFE_NONCEREJECT: '0',
  PEBBLE_AUTHZREUSE: '0',
} as const;

/** The environment of the Pebble process. Throws TypeError for a variable that would switch validation off. */
export function pebbleEnv(options: PebbleOptions): Record<string, string> {
  const env = { ...defaultEnv, ...options.env };
  if ('PEBBLE_VA_ALWAYS_VALID' in env) {
    throw new TypeError('PEBBLE_VA_ALWAYS_VALID makes every validation succeed: a spec would prove nothing');
  }
  return env;
}

/** The text of Pebble's configuration file. */
export function pebbleConfig(
  options: PebbleOptions,
  ports: PebblePorts,
  files: { certificate: string; key: string },
): string {
  const profiles = options.profiles ?? { default: { description: 'Ninety days', validitySeconds: days90 } };
  const eab = options.externalAccountBinding;
  return JSON.stringify({
    pebble: {
      listenAddress: `127.0.0.1:${String(ports.acme)}`,
      managementListenAddress: `127.0.0.1:${String(ports.management)}`,
      certificate: files.certificate,
      privateKey: files.key,
      httpPort: ports.http,
      tlsPort: ports.tls,
      externalAccountBindingRequired: eab !== undefined && (eab.required ?? true),
      externalAccountMACKeys: eab?.macKeys ?? {},
      domainBlocklist: options.blocklist ?? [],
      retryAfter: { authz: options.retryAfter?.authz ?? 0, order: options.retryAfter?.order ?? 0 },
      keyAlgorithm: options.keyAlgorithm ?? 'ecdsa',
      certificateValidityPeriod: days90, // For versions before profiles, whose own default is five years.
      profiles: Object.fromEntries(
        Object.entries(profiles).map(([name, { description, validitySeconds }]) => [
          name,
          { description, validityPeriod: validitySeconds },
        ]),
      ),
    },
  });
}
