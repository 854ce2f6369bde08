import type { SchedulerLike, TimestampProvider } from 'rxjs';
import type { AcmeError } from '../model/errors/acme-error.js';
import type {
  AcmeDigest,
  AcmeInterceptor,
  AcmeTransport,
  CertificateReader,
  CertificateRequestBuilder,
  IdentifierType,
  KeyGenerator,
} from '../model/ports.js';
import type { RequestLimiter } from '../model/request-limiter.js';
import type { RetryPolicy } from '../model/retry-policy.js';
import { isSecureUrl } from './secure-url.js';

/** Options of {@link acmeSession}. Only `directoryUrl` is needed. */
export interface AcmeSessionOptions {
  /** The one URL that is configured; every other one comes from the server. */
  readonly directoryUrl: string;
  /** Default: `fetchTransport()`. */
  readonly transport?: AcmeTransport | undefined;
  /** Stand between rxacme and the transport, the first one outermost. */
  readonly interceptors?: readonly AcmeInterceptor[] | undefined;
  /** The application's own token in `User-Agent`, such as `my-app/1.0`. Not sent by browsers. */
  readonly userAgent?: string | undefined;
  /** Language of the server's messages. Default: `en`. */
  readonly acceptLanguage?: string | undefined;
  /** The longest that one request may take, headers and body, in milliseconds. Default: 30 000. */
  readonly requestTimeoutMs?: number | undefined;
  /** The largest response that is read, in bytes. Default: 1 048 576. */
  readonly maxResponseBytes?: number | undefined;
  /** Requests of this session under way at a time. Default: 16. */
  readonly maxRequestsInFlight?: number | undefined;
  /**
   * The longest wait that a server may ask of a request, in milliseconds. A rate limit for no longer than this holds
   * every request of the session. Default: 60 000.
   */
  readonly maxRetryAfterMs?: number | undefined;
  /** When a request is tried again after a failure. Default: `retryWithBackoff({ maxRetryAfterMs })`. */
  readonly retry?: RetryPolicy | undefined;
  /** Keeps requests below the limits of a server. Default: none; `limitRequests` makes one. */
  readonly requestLimiter?: RequestLimiter | undefined;
  /** How often a request is signed anew after `badNonce`. Default: 10. */
  readonly maxBadNonceRetries?: number | undefined;
  /** How long an unused nonce is kept, in milliseconds. Default: 300 000. */
  readonly nonceMaxAgeMs?: number | undefined;
  /** How long the directory is kept, in milliseconds. Default: 3 600 000. */
  readonly directoryMaxAgeMs?: number | undefined;
  /** For tests on one machine only: also take `http:` URLs. */
  readonly allowInsecureHttp?: boolean | undefined;
  /** Every wait goes through it. Default: `asyncScheduler`. */
  readonly scheduler?: SchedulerLike | undefined;
  /** What "now" is. Default: the scheduler. */
  readonly clock?: TimestampProvider | undefined;
  /** Spreads waits; returns 0 to 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Default: SHA-256 by WebCrypto. */
  readonly digest?: AcmeDigest | undefined;
  /** Default: WebCrypto. */
  readonly keyGenerator?: KeyGenerator | undefined;
  /** Default: pkijs, loaded when first needed. */
  readonly certificateRequestBuilder?: CertificateRequestBuilder | undefined;
  /** Default: pkijs, loaded when first needed. */
  readonly certificateReader?: CertificateReader | undefined;
  /** The kinds of identifier beside `dns` and `ip` that can be ordered without bringing a CSR. Default: none. */
  readonly identifierTypes?: readonly IdentifierType[] | undefined;
  /** Hears of clean-ups that failed after their stream was unsubscribed. Default: ignored. */
  readonly onDetachedError?: ((error: AcmeError) => void) | undefined;
}

const defaults = {
  requestTimeoutMs: 30_000,
  maxResponseBytes: 1_048_576,
  maxRequestsInFlight: 16,
  maxRetryAfterMs: 60_000,
  maxBadNonceRetries: 10,
  nonceMaxAgeMs: 300_000,
  directoryMaxAgeMs: 3_600_000,
};

/** The limits of a session, defaults filled in. Throws `TypeError` on what cannot work. */
export function checkedSessionOptions(options: AcmeSessionOptions): typeof defaults & { allowInsecureHttp: boolean } {
  const { directoryUrl, allowInsecureHttp = false } = options;
  if (!isSecureUrl(directoryUrl, allowInsecureHttp)) {
    throw new TypeError(
      `acmeSession: directoryUrl must be an absolute https: URL, found ${directoryUrl} (for tests on one machine, set allowInsecureHttp)`,
    );
  }
  const limits = { ...defaults };
  for (const name of Object.keys(defaults) as (keyof typeof defaults)[]) {
    const value = options[name] ?? defaults[name];
    const least = name === 'maxBadNonceRetries' ? 0 : 1;
    if (typeof value !== 'number' || !(Number.isInteger(value) || value === Infinity) || value < least) {
      throw new TypeError(`acmeSession: ${name} must be a whole number of at least ${least}, found ${String(value)}`);
    }
    limits[name] = value;
  }
  return { ...limits, allowInsecureHttp };
}
