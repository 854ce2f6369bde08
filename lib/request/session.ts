import { asyncScheduler, type SchedulerLike, type TimestampProvider } from 'rxjs';
import type { AcmeError } from '../model/errors/acme-error.js';
import type {
  AcmeDigest,
  AcmeTransport,
  CertificateReader,
  CertificateRequestBuilder,
  IdentifierType,
  KeyGenerator,
} from '../model/ports.js';
import { version } from '../model/version.js';
import type { RequestLimiter } from '../model/request-limiter.js';
import type { FailedAttempt, RetryPolicy } from '../model/retry-policy.js';
import { type Gate, gate } from '../rx/gate.js';
import { webCryptoDigest } from '../signing/thumbprint.js';
import { defaultTransport } from '../transport/default-transport.js';
import { intercepted } from '../transport/intercepted.js';
import { buildCertificateRequest, certificateReader } from '../x509/default-x509.js';
import { generateCertificateKey } from '../x509/certificate-key.js';
import { DirectoryCache } from './directory-cache.js';
import { checkedIdentifierTypes } from './identifier-types.js';
import { NoncePool } from './nonce-pool.js';
import { retryWithBackoff } from './retry-policies.js';
import { type AcmeSessionOptions, checkedSessionOptions } from './session-options.js';

/** What a session keeps to itself. @internal */
export interface SessionState {
  readonly transport: AcmeTransport;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: ReturnType<typeof checkedSessionOptions>;
  readonly gate: Gate;
  readonly requestLimiter: RequestLimiter | undefined;
  readonly nonces: NoncePool;
  readonly directory: DirectoryCache;
  readonly digest: AcmeDigest;
  readonly keyGenerator: KeyGenerator;
  readonly certificateRequestBuilder: CertificateRequestBuilder;
  readonly certificateReader: CertificateReader;
  readonly identifierTypes: readonly IdentifierType[];
  readonly onDetachedError: (error: AcmeError) => void;
  closed: boolean;
}

declare const acmeSessionBrand: unique symbol;

/** One certification authority, as one application sees it: the ports, and the only state that rxacme keeps. */
export interface AcmeSession {
  /** Made by {@link acmeSession} and by nothing else. */
  readonly [acmeSessionBrand]: true;
  /** As it was configured. */
  readonly directoryUrl: string;
  /** What every wait goes through. */
  readonly scheduler: SchedulerLike;
  /** What "now" is. */
  readonly clock: TimestampProvider;
  /** Returns 0 to 1. */
  readonly random: () => number;
  /** When a request is tried again. */
  readonly retry: RetryPolicy;
  /** @internal */
  readonly state: SessionState;
}

/**
 * Makes a session with one certification authority.
 *
 * Emits nothing and does no I/O: the value is the session. Accounts of one session share its nonces. Throws
 * `TypeError` on options that cannot work; the message names the option.
 *
 * @see RFC 8555 §7.1
 */
export function acmeSession(options: AcmeSessionOptions): AcmeSession {
  const limits = checkedSessionOptions(options);
  const { scheduler = asyncScheduler, clock = scheduler, random = Math.random } = options;
  const state: SessionState = {
    transport: intercepted(options.transport ?? defaultTransport, options.interceptors ?? []),
    headers: {
      'user-agent': [options.userAgent, `rxacme/${version}`].filter(Boolean).join(' '),
      'accept-language': options.acceptLanguage ?? 'en',
    },
    limits,
    gate: gate({ places: limits.maxRequestsInFlight, maxWaitMs: limits.maxRetryAfterMs, scheduler, clock }),
    requestLimiter: options.requestLimiter,
    nonces: new NoncePool(clock, limits.nonceMaxAgeMs),
    directory: new DirectoryCache(clock, limits.directoryMaxAgeMs),
    digest: options.digest ?? webCryptoDigest,
    keyGenerator: options.keyGenerator ?? generateCertificateKey,
    certificateRequestBuilder: options.certificateRequestBuilder ?? buildCertificateRequest,
    certificateReader: options.certificateReader ?? certificateReader,
    identifierTypes: checkedIdentifierTypes(options.identifierTypes),
    onDetachedError: options.onDetachedError ?? (() => undefined),
    closed: false,
  };
  const { directoryUrl, retry = retryWithBackoff(limits) } = options;
  return sessionOf({ directoryUrl, scheduler, clock, random, retry, state });
}

/** Printed or serialised, a session is its URL: a scheduler holds the timers of everything that is under way. */
export function sessionOf(parts: Omit<AcmeSession, typeof acmeSessionBrand>): AcmeSession {
  const { directoryUrl, retry, ...ports } = parts;
  const session = { directoryUrl };
  const hidden = { ...ports, retry: (failure: FailedAttempt) => (ports.state.closed ? undefined : retry(failure)) };
  for (const [name, value] of Object.entries(hidden)) Object.defineProperty(session, name, { value });
  return session as AcmeSession;
}

/**
 * Ends a session: its transport's connections are closed, and every later request errors. Harmless when repeated. A
 * transport that several sessions share is closed for all of them.
 */
export function closeSession(session: AcmeSession): void {
  const { state } = session;
  if (state.closed) return;
  state.closed = true;
  state.nonces.clear();
  state.transport.close?.();
}
