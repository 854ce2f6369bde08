import { map, type Observable } from 'rxjs';
import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import type { Retrieved } from '../model/retrieved.js';
import type { AcmeAccount } from '../request/account.js';
import type { AcmeSession } from '../request/session.js';
import { checkPace, type PollPace, pollUntil, type PollUntilOptions } from '../rx/poll-until.js';

/** A resource that the server works on. */
export type Polled = Retrieved & { readonly status: string };

/**
 * What {@link pollUntil} takes from a session: scheduler, clock and chance, and the error that says what was seen last.
 *
 * Emits nothing itself: the value is a part of the options. Cost: none.
 *
 * @param what What is polled, for the message: `the order`, say.
 * @see RFC 8555 §7.5.1
 */
export const pollPorts = <T extends Polled>(
  { scheduler, clock, random }: AcmeSession,
  what: string,
  pace: PollPace = {},
): Pick<PollUntilOptions<T>, 'onTimeout' | 'scheduler' | 'random'> & PollPace => ({
  ...pace,
  scheduler,
  random,
  onTimeout: (last, nextLookMs) => {
    const retryAt = nextLookMs === undefined ? undefined : new Date(clock.now() + nextLookMs);
    const wish = retryAt === undefined ? '' : `; the server wants the next look at ${retryAt.toISOString()}`;
    return new AcmeTimeoutError(`${what} is still "${last.status}"${wish}; look again later at ${last.url}`, last, {
      url: last.url,
      retryAfterMs: nextLookMs,
      retryAt,
    });
  },
});

/** Looks at a resource until it is settled; `same` throws where a look is not at what was seen before. Throws `TypeError` on a pace that is not made of numbers. */
export function polled<T extends Polled>(
  { session }: AcmeAccount,
  get: () => Observable<T>,
  same: (before: T, now: T) => T,
  settled: (look: T) => boolean,
  what: string,
  pace: PollPace | undefined,
): Observable<T> {
  checkPace(what, pace);
  const read = (last: T) => get().pipe(map((now) => same(last, now)));
  return get().pipe(pollUntil({ ...pollPorts<T>(session, what, pace), read, settled }));
}
