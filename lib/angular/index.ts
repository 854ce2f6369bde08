/**
 * For Angular: providers of the session, the account and the solvers, and a transport over `HttpClient`.
 *
 * @module rxacme/angular
 */
export { provideAcme } from './provide-acme.js';
export type { AcmeFeature, AcmeFeatureKind } from './feature.js';
export { withAccount } from './with-account.js';
export { withHttpClient } from './with-http-client.js';
export { withInterceptors } from './with-interceptors.js';
export { withSolvers } from './with-solvers.js';
export { withTokens } from './with-tokens.js';
export { ACME_ACCOUNT, ACME_SESSION, ACME_SOLVERS, ACME_TRANSPORT, acmeTokens, type AcmeTokens } from './tokens.js';
export { httpClientTransport, type HttpClientTransportOptions } from './http-client-transport.js';
