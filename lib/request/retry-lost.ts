import { type MonoTypeOperatorFunction, retry, throwError } from 'rxjs';
import { AcmeTransportError } from '../model/errors/transport-error.js';
import { backoffMs } from '../rx/backoff.js';
import { wait } from '../rx/wait.js';
import type { AcmeSession } from './session.js';

/** The waits after a lost answer. */
export const lostBackoff = { firstMs: 250, factor: 2, maxMs: 1_000, jitter: 0.1 };
/** How often what was lost is sent again. */
export const maxRepeats = 2;

/**
 * Subscribes again, twice at most and a little later each time, when the answer was lost. Only for what may be asked
 * again; a signed request stands above its signer, so that it is signed anew. `mayRepeat` is
 * asked each time.
 *
 * Emits what the source emits. Errors with the last {@link AcmeTransportError}, and with any other error at once.
 */
export const retryLost = <T>(session: AcmeSession, mayRepeat = (): boolean => true): MonoTypeOperatorFunction<T> =>
  retry({
    delay: (error, attempt) =>
      error instanceof AcmeTransportError && attempt <= maxRepeats && !session.state.closed && mayRepeat()
        ? wait(backoffMs(attempt - 1, lostBackoff, session.random), session.scheduler)
        : throwError(() => error as unknown),
  });
