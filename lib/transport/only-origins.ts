import { throwError } from 'rxjs';
import { protocolFault } from '../model/errors/protocol-error.js';
import type { AcmeInterceptor } from '../model/ports.js';

/**
 * Keeps the requests of a session to these origins. Without it a session asks whatever `https:` URL the server names:
 * RFC 8555 lets a server spread its resources over hosts, and some do. A signature is good for its URL only, and no
 * cookies are sent; but where the server is not to be trusted with the network that the client is in, name its origins.
 *
 * Emits nothing itself: the value goes into the `interceptors` of a session. A request for another origin is not sent and
 * errors with {@link AcmeProtocolError}. Cost: none. Throws `TypeError` on what is no origin.
 *
 * @example
 * ```ts
 * const directoryUrl = 'https://ca.example/directory';
 * const careful = acmeSession({ directoryUrl, interceptors: [onlyOrigins('https://ca.example')] });
 * ```
 *
 * @see RFC 8555 §7.1, §10
 */
export function onlyOrigins(...origins: readonly string[]): AcmeInterceptor {
  for (const origin of origins) {
    if (URL.canParse(origin) && new URL(origin).origin === origin) continue;
    throw new TypeError(`onlyOrigins: ${JSON.stringify(origin)} is no origin; one looks like https://ca.example`);
  }
  return (request, next) => {
    const { url } = request;
    if (origins.includes(new URL(url).origin)) return next(request);
    return throwError(() => protocolFault(url, `not asked: only ${origins.join(', ')} may be asked (onlyOrigins)`));
  };
}
