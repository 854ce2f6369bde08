import { AcmeTimeoutError } from '../model/errors/timeout-error.js';
import type { Retrieved } from '../model/retrieved.js';
import type { AcmeSession } from '../request/session.js';
import type { PollPace, PollUntilOptions } from '../rx/poll-until.js';

/** What polling a resource takes from the session, and the error that says what was seen last. */
export const pollPorts = <T extends Retrieved & { readonly status: string }>(
  { scheduler, clock, random }: AcmeSession,
  what: string,
  pace: PollPace = {},
): Pick<PollUntilOptions<T, T>, 'retryAfterMs' | 'onTimeout' | 'scheduler' | 'random'> & PollPace => ({
  ...pace,
  scheduler,
  random,
  retryAfterMs: (look) => look.retryAfterMs,
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
