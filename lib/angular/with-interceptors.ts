import type { AcmeInterceptor } from '../model/ports.js';
import { type AcmeFeature, checkThat } from './feature.js';

/**
 * Puts interceptors between the session and its transport, the first one outermost. `inject` works in them, up to the
 * first thing that is asynchronous. They see what rxacme asks for; those of `provideHttpClient` see what becomes of it
 * with {@link withHttpClient}. What retries a signed request sends its nonce again: rxacme itself retries, above the
 * signature. Throws `TypeError` on what is no list.
 *
 * @see RFC 8555 §6.5
 */
export const withInterceptors = (interceptors: readonly AcmeInterceptor[]): AcmeFeature<'interceptors'> => {
  checkThat(Array.isArray(interceptors), 'withInterceptors: interceptors must be an array');
  return { kind: 'interceptors', interceptors, providers: () => [] };
};
