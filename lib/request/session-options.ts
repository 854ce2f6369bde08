import type { AcmeSessionOptions } from './session.js';

const defaults = {
  requestTimeoutMs: 30_000,
  maxResponseBytes: 1_048_576,
  maxRequestsInFlight: 16,
  maxBadNonceRetries: 10,
  nonceMaxAgeMs: 300_000,
  directoryMaxAgeMs: 3_600_000,
};

/** The limits of a session, defaults filled in. Throws `TypeError` on what cannot work. */
export function checkedSessionOptions(options: AcmeSessionOptions): typeof defaults & { allowInsecureHttp: boolean } {
  const { directoryUrl, allowInsecureHttp = false } = options;
  checkUrl(directoryUrl, allowInsecureHttp);
  const limits = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof typeof defaults)[]) {
    const value = options[name] ?? defaults[name];
    const least = name === 'maxBadNonceRetries' ? 0 : 1;
    if (typeof value !== 'number' || Number.isNaN(value) || value < least) {
      throw new TypeError(`acmeSession: ${name} must be a number of at least ${least}, found ${String(value)}`);
    }
    limits[name] = value;
  }
  return { ...limits, allowInsecureHttp };
}

function checkUrl(directoryUrl: unknown, allowInsecureHttp: boolean): void {
  const url = typeof directoryUrl === 'string' && URL.canParse(directoryUrl) ? new URL(directoryUrl) : undefined;
  if (url === undefined) throw new TypeError(`acmeSession: directoryUrl must be an absolute URL, found ${String(directoryUrl)}`);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && allowInsecureHttp)) return;
  throw new TypeError(`acmeSession: directoryUrl must be an https: URL, found ${url.protocol} (for tests on one machine, set allowInsecureHttp)`);
}
