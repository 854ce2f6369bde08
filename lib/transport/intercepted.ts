import type { AcmeInterceptor, AcmeTransport } from '../model/ports.js';

/** A transport behind interceptors, the first of them outermost. */
export function intercepted(transport: AcmeTransport, interceptors: readonly AcmeInterceptor[]): AcmeTransport {
  const chain = interceptors.reduceRight<AcmeTransport>(
    (next, interceptor) => (request) => interceptor(request, next),
    (request) => transport(request),
  );
  return Object.assign((request: Parameters<AcmeTransport>[0]) => chain(request), { close: () => transport.close?.() });
}
