import type { Observable } from 'rxjs';
import { decodeDirectory } from '../codec/decode-directory.js';
import type { Directory } from '../model/directory.js';
import { decode } from './decode.js';
import { exchange } from './exchange.js';
import { retried } from './retry-transient.js';
import type { AcmeSession } from './session.js';

/**
 * Reads what the server offers and where.
 *
 * Emits once: the directory, from the session's cache where it is not older than `directoryMaxAgeMs`; then
 * completes. Those who ask at the same time share one request.
 *
 * Errors: {@link AcmeTransportError}; {@link AcmeProtocolError} if the reply is not a directory;
 * {@link AcmeProblemError}. Nothing of an error is kept. Cost: one GET, no nonce; none while the cache is fresh.
 *
 * @see RFC 8555 §7.1.1
 */
export const getDirectory = (session: AcmeSession): Observable<Directory> =>
  readDirectory(session).pipe(retried(session));

/** {@link getDirectory} for what is tried again as a whole: it is not tried again by itself. */
export const readDirectory = (session: AcmeSession): Observable<Directory> =>
  session.state.directory.get(() => session.state.gate.run(() => fetchDirectory(session)));

/** One request, whatever is kept, for whoever has a place already. */
export const fetchDirectory = (session: AcmeSession): Observable<Directory> =>
  exchange(session, { method: 'GET', url: session.directoryUrl, headers: { accept: 'application/json' } }).pipe(
    decode(decodeDirectory),
  );
