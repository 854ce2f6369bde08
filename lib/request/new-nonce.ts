import { concatMap, map, type Observable } from 'rxjs';
import { protocolFault } from '../model/errors/protocol-error.js';
import { readDirectory } from './get-directory.js';
import { exchange } from './exchange.js';
import { isNonce, type LeasedNonce } from './nonce-pool.js';
import type { AcmeSession } from './session.js';

/**
 * Asks for a nonce. By GET: the answer to a HEAD may cost the connection. Once: who needs the nonce tries again as a
 * whole.
 *
 * Emits once, a nonce that the pool does not hold; then completes. Errors: {@link AcmeProtocolError} where the
 * answer has none; those of {@link exchange}. Cost: one request, and the directory's where it is not known.
 *
 * @see RFC 8555 §7.2
 */
export const newNonce = (session: AcmeSession): Observable<LeasedNonce> =>
  readDirectory(session).pipe(
    concatMap(({ newNonce: url }) =>
      exchange(session, { method: 'GET', url }).pipe(
        map(({ headers, status }) => {
          // The exchange has just put it into the pool, as the newest.
          const nonce = isNonce(headers['replay-nonce']) ? session.state.nonces.take() : undefined;
          if (nonce !== undefined) return nonce;
          throw protocolFault(
            url,
            'the answer has no usable Replay-Nonce header; in a browser the server must name it in Access-Control-Expose-Headers',
            { status },
          );
        }),
      ),
    ),
  );
