import { HttpClient } from '@angular/common/http';
import { inject } from '@angular/core';
import { type AcmeFeature, feature } from './feature.js';
import { httpClientTransport, type HttpClientTransportOptions } from './http-client-transport.js';

/**
 * Sends the session's requests by the application's `HttpClient`, so that its interceptors and `HttpTestingController`
 * see them. Takes `provideHttpClient(withFetch())` beside it, which refuses redirects from Angular 20.1 on; before that,
 * and without `withFetch`, one is found out after it was followed. Errors come out of the session's streams, as
 * {@link httpClientTransport} says.
 *
 * @see RFC 8555 §6.1
 */
export const withHttpClient = (options: HttpClientTransportOptions = {}): AcmeFeature<'http-client'> =>
  feature('http-client', (tokens) => [
    { provide: tokens.transport, useFactory: () => httpClientTransport(inject(HttpClient), options) },
  ]);
