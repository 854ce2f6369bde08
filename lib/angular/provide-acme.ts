import {
  DestroyRef,
  type EnvironmentProviders,
  inject,
  Injector,
  makeEnvironmentProviders,
  type Provider,
  runInInjectionContext,
} from '@angular/core';
import type { AcmeInterceptor } from '../model/ports.js';
import { type AcmeSession, acmeSession, closeSession } from '../request/session.js';
import type { AcmeSessionOptions } from '../request/session-options.js';
import { defaultTransport } from '../transport/default-transport.js';
import { type AcmeFeature, checkFeatures } from './feature.js';
import { type AcmeTokens, defaultTokens } from './tokens.js';

/**
 * Provides a session with one certification authority, and what its features add. The session is made when it is first
 * injected, and closed with its injector. Options that cannot work, and those that contradict a feature, are found when
 * it is called, those of a function when that is: `TypeError`, whose message says what to do.
 *
 * @param options Those of `acmeSession`, or a function that returns them, in which `inject` works.
 * @param features `withAccount`, `withHttpClient`, `withSolvers`, `withInterceptors` and `withTokens`, each once.
 *
 * @example
 * ```ts
 * import { provideHttpClient, withFetch } from '@angular/common/http';
 *
 * const providers = [
 *   provideHttpClient(withFetch()),
 *   provideAcme({ directoryUrl: directories.letsEncryptStaging }, withHttpClient()),
 * ];
 * ```
 *
 * @see RFC 8555 §7.1
 */
export function provideAcme(
  options: AcmeSessionOptions | (() => AcmeSessionOptions),
  ...features: readonly AcmeFeature[]
): EnvironmentProviders {
  checkFeatures(features);
  const has = (kind: AcmeFeature['kind']) => features.some((each) => each.kind === kind);
  const checked = (given: AcmeSessionOptions): AcmeSessionOptions => {
    // Makes a session to no other end: that does no I/O, and refuses what cannot work.
    acmeSession(given);
    if (has('http-client') && given.transport !== undefined) contradiction('withHttpClient', 'transport');
    if (has('interceptors') && given.interceptors !== undefined) contradiction('withInterceptors', 'interceptors');
    return given;
  };
  if (typeof options !== 'function') checked(options);
  const tokens = features.find((each) => each.tokens !== undefined)?.tokens ?? defaultTokens;
  const interceptors = features.find((each) => each.interceptors !== undefined)?.interceptors;
  const providers: Provider[] = [
    { provide: tokens.options, useFactory: () => checked(typeof options === 'function' ? options() : options) },
    { provide: tokens.session, useFactory: () => injectedSession(tokens, interceptors) },
    { provide: tokens.transport, useFactory: () => inject(tokens.options).transport ?? defaultTransport },
    { provide: tokens.solvers, useValue: [] },
  ];
  // The last provider of a token counts.
  return makeEnvironmentProviders([...providers, ...features.map((each) => [...each.providers(tokens)])]);
}

function contradiction(feature: string, option: string): never {
  throw new TypeError(`provideAcme: ${feature} and the option ${option} contradict each other; leave one of them out`);
}

function injectedSession(tokens: AcmeTokens, interceptors: readonly AcmeInterceptor[] | undefined): AcmeSession {
  const options = inject(tokens.options);
  const injector = inject(Injector);
  const session = acmeSession({
    ...options,
    transport: inject(tokens.transport),
    interceptors: interceptors?.map(inContext(injector)) ?? options.interceptors,
  });
  inject(DestroyRef).onDestroy(() => {
    closeSession(session);
  });
  return session;
}

const inContext =
  (injector: Injector) =>
  (interceptor: AcmeInterceptor): AcmeInterceptor =>
  (request, next) =>
    runInInjectionContext(injector, () => interceptor(request, next));
