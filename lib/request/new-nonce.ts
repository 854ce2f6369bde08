import { concatMap, map, type Observable, of } from 'rxjs';
import { protocolFault } from '../model/errors/protocol-error.js';
import { fetchDirectory, readDirectory } from './get-directory.js';
import { exchange } from './exchange.js';
import { withinLimits } from './request-gate.js';
import { isNonce, type LeasedNonce } from './nonce-pool.js';
import type { AcmeSession } from './session.js';

/**
 * Waits, without a place for requests, until a nonce may be asked for. Emits once, then completes.
 *
 * Errors: those of the directory, and of the session's request limiter.
 */
export const beforeNewNonce = (session: AcmeSession): Observable<unknown> =>
  readDirectory(session).pipe(concatMap(({ newNonce: url }) => withinLimits(session, { url }, () => of(url))));

/**
 * Asks for a nonce, for whoever has a place for requests. By GET: the answer to a HEAD may cost the connection. Once: who
 * needs the nonce tries again as a whole.
 *
 * Emits once, a nonce that the pool does not hold; then completes. Errors: {@link AcmeProtocolError} where the
 * answer has none; those of {@link exchange}. Cost: one request, and the directory's where it is not known.
 *
 * @see RFC 8555 §7.2
 */
export const newNonce = (session: AcmeSession): Observable<LeasedNonce> => {
  const { directory, nonces } = session.state;
  // However old: to wait for another one here could be to wait for this place.
  return (directory.kept === undefined ? fetchDirectory(session) : of(directory.kept)).pipe(
    concatMap(({ newNonce: url }) =>
      exchange(session, { method: 'GET', url }).pipe(
        map(({ headers, status }) => {
          // The exchange has just put it into the pool, as the newest.
          const nonce = isNonce(headers['replay-nonce']) ? nonces.take() : undefined;
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
};
