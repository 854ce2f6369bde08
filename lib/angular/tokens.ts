import { InjectionToken } from '@angular/core';
import type { Observable } from 'rxjs';
import type { AcmeTransport, ChallengeSolver } from '../model/ports.js';
import type { AcmeAccount } from '../request/account.js';
import type { AcmeSession } from '../request/session.js';
import type { AcmeSessionOptions } from '../request/session-options.js';

/** What an application injects of one certification authority. */
export interface AcmeTokens {
  /** The session. It is closed with its injector. */
  readonly session: InjectionToken<AcmeSession>;
  /** The account that `withAccount` makes: emits once, then completes. */
  readonly account: InjectionToken<Observable<AcmeAccount>>;
  /** What sends the session's requests. */
  readonly transport: InjectionToken<AcmeTransport>;
  /** Those of `withSolvers`; none without it. */
  readonly solvers: InjectionToken<readonly ChallengeSolver[]>;
  /** What the session is made of. @internal */
  readonly options: InjectionToken<AcmeSessionOptions>;
}

/**
 * Makes the tokens of one more certification authority, for `withTokens`. To be called once for each, at the top of a
 * module.
 *
 * @param name Stands in Angular's messages.
 *
 * @example
 * ```ts
 * import { inject } from '@angular/core';
 *
 * const staging = acmeTokens('staging');
 * const providers = [
 *   provideAcme({ directoryUrl: directories.letsEncrypt }),
 *   provideAcme({ directoryUrl: directories.letsEncryptStaging }, withTokens(staging)),
 * ];
 * const stagingSession = () => inject(staging.session);
 * ```
 *
 * @see RFC 8555 §7.1.1
 */
export const acmeTokens = (name: string): AcmeTokens => ({
  session: new InjectionToken(`ACME session of ${name}`),
  account: new InjectionToken(`ACME account of ${name} (withAccount provides it)`),
  transport: new InjectionToken(`ACME transport of ${name}`),
  solvers: new InjectionToken(`ACME solvers of ${name}`),
  options: new InjectionToken(`ACME options of ${name}`),
});

/** The tokens of `provideAcme` without `withTokens`. */
export const defaultTokens: AcmeTokens = /* @__PURE__ */ acmeTokens('provideAcme');

/** The session of `provideAcme`. It is closed with its injector. */
export const ACME_SESSION: AcmeTokens['session'] = /* @__PURE__ */ (() => defaultTokens.session)();

/** The account of `provideAcme` and `withAccount`: emits once, then completes. */
export const ACME_ACCOUNT: AcmeTokens['account'] = /* @__PURE__ */ (() => defaultTokens.account)();

/** What sends the requests of `provideAcme`. */
export const ACME_TRANSPORT: AcmeTokens['transport'] = /* @__PURE__ */ (() => defaultTokens.transport)();

/** The solvers of `provideAcme` and `withSolvers`; none without that. */
export const ACME_SOLVERS: AcmeTokens['solvers'] = /* @__PURE__ */ (() => defaultTokens.solvers)();
